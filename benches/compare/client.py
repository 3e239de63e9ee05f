"""Asks a server for tiles at times set beforehand (open loop), however it answers.

A request's latency counts from the moment it was due, so that a server which falls
behind can't hide what its clients would wait for.
"""

import asyncio
import random
import statistics
import time
from dataclasses import dataclass

from .grid import SEED
from .process import BenchError

CONNECTIONS = 64
# Servers hang up on those that ask nothing for so many seconds, or for longer.
IDLE = 2


@dataclass
class Latency:
    """Rates and latencies of one load."""

    # Requests a second: wanted, and answered while it went on.
    offered: float
    answered: float
    p50_ms: float
    p99_ms: float
    # Whether the client itself had no time left: its figures are then its own.
    client_busy: bool

    @property
    def kept_up(self):
        return self.answered > 0.8 * self.offered


def offer(server, paths, rate, seconds):
    """Requests at random moments (a Poisson process of a fixed seed), `rate` a second."""
    return asyncio.run(offering(server.base, paths, rate, seconds))


async def offering(base, paths, rate, seconds):
    host, port = base.removeprefix("http://").split(":")
    source, due, moment = random.Random(SEED), asyncio.Queue(), 0.0
    moments = []
    while (moment := moment + source.expovariate(rate)) < seconds:
        moments.append(moment)
    waits = []
    began, own = time.perf_counter(), time.process_time()

    async def connection():
        reader = writer = None
        used = 0
        try:
            while (wanted := await due.get()) is not None:
                at, path = wanted
                if writer is None or time.perf_counter() - used > IDLE:
                    if writer:
                        writer.close()
                    reader, writer = await asyncio.open_connection(host, int(port))
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n".encode())
                await answer(reader, path)
                used = time.perf_counter()
                waits.append((used - began - at, used - began))
        finally:
            if writer:
                writer.close()

    workers = [asyncio.create_task(connection()) for _ in range(CONNECTIONS)]
    for number, at in enumerate(moments):
        if (pause := at - (time.perf_counter() - began)) > 0:
            await asyncio.sleep(pause)
        due.put_nowait((at, paths[number % len(paths)]))
    for _ in workers:
        due.put_nowait(None)
    await asyncio.gather(*workers)
    times = sorted(wait for wait, _ in waits)
    # A server that keeps up ends with the last request.
    took = max(max(now for _, now in waits), seconds)
    return Latency(
        offered=len(moments) / seconds,
        answered=len(waits) / took,
        p50_ms=statistics.median(times) * 1000,
        p99_ms=times[min(int(len(times) * 0.99), len(times) - 1)] * 1000,
        client_busy=time.process_time() - own > 0.8 * (time.perf_counter() - began),
    )


async def answer(reader, path):
    """Reads one answer to its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = head[9:12]
    if status not in (b"200", b"204"):
        raise BenchError(f"{path}: {status.decode()} under load")
    if status == b"204":
        return
    if b"content-length:" in head:
        await reader.readexactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
        return
    # Chunked (RFC 9112, section 7.1).
    while True:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        await reader.readexactly(size + 2)
        if size == 0:
            return
