"""Asks a server for tiles as fast as it answers (closed loop), by wrk."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from .process import BenchError, run

CONNECTIONS = 16
SCRIPT = Path(__file__).with_name("load.wrk.lua")
# For a run that ends by its answers: longer than any.
ENOUGH_SECONDS = 600


@dataclass
class Run:
    """Rates, CPU time, latencies and memory of one run."""

    requests_per_second: float
    # CPU time of the server a request, and of the database's backends.
    cpu_us: float
    database_cpu_us: float
    p50_ms: float
    p99_ms: float
    # Bytes an answer, with its head.
    bytes: float
    # Memory held right after.
    memory: int


def load(server, listing, seconds=None, answers=0):
    """One run over a file of paths, for a time or for a number of answers."""
    before = server.cpu()
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds or ENOUGH_SECONDS}s", "--timeout", "60s", "-s", SCRIPT, server.base]
    out = run(command, env={**os.environ, "TILE_LIST": str(listing), "TILE_ANSWERS": str(answers)})
    spent = [after - at for at, after in zip(before, settled(server))]
    line = next((line for line in out.splitlines() if line.startswith("RESULT")), None)
    if line is None:
        raise BenchError(f"wrk gave no result for {server.name}: {out[-500:]}")
    requests, microseconds, failed, size, p50, p99 = (int(word) for word in line.split()[1:])
    if failed or not requests:
        raise BenchError(f"{failed} of {requests} requests to {server.name} failed")
    return Run(
        requests_per_second=requests / microseconds * 1e6,
        cpu_us=spent[0] / requests * 1e6,
        database_cpu_us=spent[1] / requests * 1e6,
        p50_ms=p50 / 1000,
        p99_ms=p99 / 1000,
        bytes=size / requests,
        memory=server.memory(),
    )


def settled(server):
    """CPU time after work on abandoned requests has ended."""
    last = server.cpu()
    for _ in range(50):
        time.sleep(0.05)
        now = server.cpu()
        if sum(now) - sum(last) < 0.02:
            return now
        last = now
    return last
