"""P8: from the start of the server to all 182 layers of the demo district."""

import json
import shutil
import time

from .process import BenchError, say
from .rounds import figure, spread
from .servers import demo_data


def p8(bench):
    """Starts with the results in `derived/`, after a start that computes them."""
    say("P8: start")
    data = demo_data(bench)
    # What an earlier run of this computed would be read.
    shutil.rmtree(data / "derived", ignore_errors=True)
    first = start(bench, data, patience=120)
    rounds = [start(bench, data) for _ in range(bench.plan.rounds + 1)][1:]
    if any(again["computed"] for again in rounds):
        raise BenchError("a start computed measures whose results are in derived/")
    if not first["computed"]:
        raise BenchError("the first start computed no measures")
    seconds = spread(again["seconds"] for again in rounds)
    values = sum(path.stat().st_size for path in (data / "derived").glob("*"))
    row = {"id": "P8", "work": "start to ready, 182 layers, figures kept", "peer": "–"}
    row["start_seconds"] = seconds
    row["sides"] = {
        "figures kept": {"seconds": seconds["median"], "memory_bytes": rounds[-1]["memory"]},
        "measures computed": {"seconds": first["seconds"], "memory_bytes": first["memory"]},
    }
    million = bench.demo_rows / 1e6
    row["facts"] = [
        f"{rounds[-1]['ready']} layers, {rounds[-1]['features']:,} features in memory; kept figures take {values / 1e6:.3g} MB of disk.",
        f"The first start computed {first['results']} results from {bench.demo_rows:,} rows of values in {first['computed']:.3g} s:"
        f" {first['computed'] / million:.3g} s a million rows. Memory with all of it loaded: {figure(rounds[-1]['memory'] / 1e6 / million)} MB a million rows.",
    ]
    row["wanted"] = [{"what": "start_seconds", "at_most": 1.5}]
    return [row]


def start(bench, data, patience=0):
    """One start: its duration, and the readiness and memory of the server. `patience`
    is the number of seconds in which statistics by area may still be computed once all maps are there.
    """
    began = time.monotonic()
    with bench.servers.ours(data=data, log_filter="info,access=warn") as server:
        took = time.monotonic() - began
        memory = server.memory()
        deadline = time.monotonic() + patience
        while "measures computed" not in server.log.read_text() and time.monotonic() < deadline:
            time.sleep(0.2)
        entries = [fields(line) for line in server.log.read_text().splitlines()]
    computed = [entry for entry in entries if entry.get("message") == "measures computed"]
    loaded = [entry for entry in entries if entry.get("message") == "dataset loaded"]
    ready = [entry for entry in entries if entry.get("message") == "ready"]
    return {
        "seconds": took,
        "memory": memory,
        "computed": sum(entry["seconds"] for entry in computed),
        "results": sum(entry["results"] for entry in computed),
        "features": sum(entry["features"] for entry in loaded),
        "ready": ready[-1]["layers"] if ready else 0,
    }


def fields(line):
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return {**entry, **entry.get("fields", {})}
