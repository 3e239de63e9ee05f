#!/usr/bin/env python3
"""Kills the database under load and counts what clients notice.

Usage: outlive-database.py --url URL --postgis DIR --loaded A[,B…] --live C[,D…]
                           [--seconds N] [--bounds W,S,E,N]

Asks the server at URL for tiles of layers that are loaded into memory and of live
ones, from several clients at once, for N seconds (12 by default). After a third
of that time every process of the PostgreSQL in DIR is killed (kill -9), after two
thirds it is started again. The server must run without a cache (--cache-megabytes 0),
or live tiles outlive the database in it. Fails where

* a request for a loaded layer is not answered, or not with 200 or 204,
* a live layer that can't be answered is not answered with 503 at once,
* a live layer is not back two seconds after the database accepts connections, or
* live tiles, or /readyz, say nothing of the loss.

A busy machine delays every answer. Both limits are therefore longer by the slowest
answer of a loaded layer, which needs no database, in the same run.

Prints what it counted as one JSON object.
"""

import argparse
import http.client
import json
import math
import random
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

POSTGIS = Path(__file__).resolve().parent.parent / "postgis"
# A refusal that takes longer was waited for.
AT_ONCE_SECONDS = 0.5
BACK_WITHIN_SECONDS = 2.0
# A PostgreSQL that is not there by then has not been started.
STARTED_WITHIN_SECONDS = 120.0
PATIENCE_SECONDS = 120.0
CLIENTS_EACH = 3


def tiles_of(bounds, zooms):
    west, south, east, north = bounds
    for zoom in zooms:
        scale = 1 << zoom

        def column(lon):
            return int((lon + 180) / 360 * scale)

        def row(lat):
            return int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * scale)

        for x in range(column(west), column(east) + 1):
            for y in range(row(north), row(south) + 1):
                yield zoom, x, y


class Client(threading.Thread):
    """Asks for one kind of layer until it is stopped."""

    def __init__(self, address, layers, tiles, stop, seed):
        super().__init__(daemon=True)
        self.address, self.layers, self.tiles, self.stop = address, layers, tiles, stop
        self.random = random.Random(seed)
        # (when asked, seconds, status or None, Retry-After)
        self.answers = []

    def run(self):
        connection = None
        while not self.stop.is_set():
            zoom, x, y = self.random.choice(self.tiles)
            # The ignored parameter keeps no answer apart; the tile is what counts.
            path = f"/tiles/{self.random.choice(self.layers)}/{zoom}/{x}/{y}"
            asked = time.monotonic()
            status = retry = None
            try:
                if connection is None:
                    connection = http.client.HTTPConnection(*self.address, timeout=240)
                connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
                answer = connection.getresponse()
                answer.read()
                status, retry = answer.status, answer.headers.get("Retry-After")
            except (OSError, http.client.HTTPException):
                connection = None
            self.answers.append((asked, time.monotonic() - asked, status, retry))


def get(address, path):
    connection = http.client.HTTPConnection(*address, timeout=240)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def accepts_connections(address):
    """Whether PostgreSQL asks who connects. While it recovers from a crash it answers
    too, but with an error (PostgreSQL's manual, Message Flow, Start-up)."""
    user = b"user\0postgres\0\0"
    try:
        with socket.create_connection(address, timeout=1) as connection:
            # Length of all, version 3.0.
            connection.sendall(struct.pack("!II", 8 + len(user), 3 << 16) + user)
            return connection.recv(1) == b"R"
    except OSError:
        return False


class Watch(threading.Thread):
    """Notes when the database accepts connections again."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.address, self.accepted = address, None

    def run(self):
        while not accepts_connections(self.address):
            time.sleep(0.01)
        self.accepted = time.monotonic()


def wait_until(what, is_so):
    """Waits for an event, however long a busy machine takes for it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            sys.exit(f"outlive-database: {what} has not come in {PATIENCE_SECONDS} s")
        time.sleep(0.05)


def has_answer(clients, since, *statuses):
    """Whether a request made after a moment was answered with one of these."""
    return any(asked > since and status in statuses for client in clients for asked, _, status, _ in client.answers[-50:])


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--postgis", required=True)
    parser.add_argument("--loaded", required=True)
    parser.add_argument("--live", required=True)
    parser.add_argument("--seconds", type=float, default=12)
    parser.add_argument("--bounds", default="127.005,37.535,127.075,37.575")
    given = parser.parse_args()

    where = urlsplit(given.url)
    address = (where.hostname, where.port)
    bounds = [float(part) for part in given.bounds.split(",")]
    # Of live tiles there are so many that few are in a cache already.
    loaded_tiles = list(tiles_of(bounds, (12, 13, 14, 15, 16)))
    live_tiles = list(tiles_of(bounds, (16,)))
    stop = threading.Event()
    loaded = [
        Client(address, given.loaded.split(","), loaded_tiles, stop, seed)
        for seed in range(CLIENTS_EACH)
    ]
    live = [
        Client(address, given.live.split(","), live_tiles, stop, 100 + seed)
        for seed in range(CLIENTS_EACH)
    ]
    third = given.seconds / 3
    faults = []
    database = subprocess.run(
        [POSTGIS, "url", given.postgis], check=True, stdout=subprocess.PIPE, text=True
    )
    database = urlsplit(database.stdout.strip())
    for client in loaded + live:
        client.start()
    time.sleep(third)
    wait_until("an answer of each kind", lambda: all(has_answer(of, 0, 200, 204) for of in (loaded, live)))
    killed = time.monotonic()
    subprocess.run([POSTGIS, "kill", given.postgis], check=True, stdout=sys.stderr)
    time.sleep(third)
    wait_until("a refusal", lambda: has_answer(live, killed, 503))
    wait_until("a loaded layer's answer", lambda: has_answer(loaded, killed + third, 200, 204))
    readiness = get(address, "/readyz")
    started = time.monotonic()
    watch = Watch((database.hostname, database.port))
    watch.start()
    # What it prints holds the password.
    subprocess.run(
        [POSTGIS, "start", given.postgis, "--fast", "--quick"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    watch.join(STARTED_WITHIN_SECONDS)
    back = watch.accepted
    if back is None:
        sys.exit("outlive-database: PostgreSQL was started and accepts no connections")
    time.sleep(max(third, 2 * BACK_WITHIN_SECONDS))
    wait_until("a live tile", lambda: has_answer(live, back, 200, 204))
    stop.set()
    for client in loaded + live:
        client.join(60)

    answers = [answer for client in loaded for answer in client.answers]
    failed = [answer for answer in answers if answer[2] not in (200, 204)]
    if failed:
        faults.append(f"{len(failed)} requests for loaded layers failed: {failed[:3]}")
    if not any(killed < answer[0] < started for answer in answers):
        faults.append("no loaded layer was asked for while the database was gone")
    alive = [answer for client in live for answer in client.answers]
    refused = [answer for answer in alive if answer[2] == 503]
    odd = [answer for answer in alive if answer[2] not in (200, 204, 503)]
    if odd:
        faults.append(f"{len(odd)} live requests got something else: {odd[:3]}")
    if not refused:
        faults.append("no live request noticed that the database was gone")
    delay = max(answer[1] for answer in answers)
    slow = [
        answer
        for answer in refused
        if answer[0] > killed + 1 + delay and answer[1] > AT_ONCE_SECONDS + delay
    ]
    if slow:
        faults.append(f"{len(slow)} refusals were not at once: {slow[:3]}")
    if any(answer[3] is None for answer in refused):
        faults.append("a refusal has no Retry-After")
    late = [answer for answer in refused if answer[0] > back + BACK_WITHIN_SECONDS + delay]
    if late:
        faults.append(f"{len(late)} live requests were refused past two seconds: {late[:3]}")
    first_back = min((a[0] + a[1] for a in alive if a[0] > started and a[2] == 200), default=None)
    if first_back is None:
        faults.append("no live tile came after the database was back")
    if b"database" not in readiness[1] and b"degraded" not in readiness[1]:
        faults.append(f"/readyz does not tell of the loss: {readiness}")
    print(
        json.dumps(
            {
                "seconds": given.seconds,
                "loaded_requests": len(answers),
                "loaded_failed": len(failed),
                "loaded_p99_ms": round(1000 * quantile([a[1] for a in answers], 0.99), 2),
                "loaded_slowest_ms": round(1000 * delay, 2),
                "live_requests": len(alive),
                "live_refused": len(refused),
                "refusal_p99_ms": round(1000 * (quantile([a[1] for a in refused], 0.99) or 0), 2),
                # Since PostgreSQL accepted connections, as the next one.
                "last_refusal_ms": round(1000 * max((a[0] - back for a in refused), default=0), 1),
                "first_live_tile_ms": first_back and round(1000 * (first_back - back), 1),
                "faults": faults,
            },
            indent=2,
        )
    )
    for fault in faults:
        print(f"outlive-database: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
