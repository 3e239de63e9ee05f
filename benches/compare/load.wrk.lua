-- Asks for the paths of the file TILE_LIST in turn. With TILE_ANSWERS above 0 the
-- run ends when that many have come, and no request more than that is sent;
-- otherwise it ends when its time is over.
local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int, int);")

local paths = {}
for line in io.lines(os.getenv("TILE_LIST")) do paths[#paths + 1] = line end
local wanted = tonumber(os.getenv("TILE_ANSWERS"))
local headers = {["Accept-Encoding"] = "gzip"}
local at, sent, answered = 0, 0, 0

request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at], headers)
end

if wanted > 0 then
  delay = function()
    sent = sent + 1
    return sent > wanted and 1e8 or 0
  end
  response = function()
    answered = answered + 1
    if answered == wanted then
      wrk.thread:stop()
      -- wrk sleeps out its duration unless it is interrupted.
      ffi.C.kill(ffi.C.getpid(), 2)
    end
  end
end

done = function(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
    failed, summary.bytes, latency:percentile(50), latency:percentile(99)))
end
