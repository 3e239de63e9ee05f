#!/usr/bin/env python3
"""Every layer from files and from PostGIS: the same tiles and statistics by area.

A server over the files of a data directory runs already. Its datasets are loaded
into a schema of the database, a second server is started over these tables with the
same catalog, and what both answer is compared, byte for byte, for the public and for
staff: each layer's tiles over the district at three zooms, an earlier time of each layer
that has times, and its statistics by area.
"""

import argparse
import contextlib
import http.client
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from ports import free_port

ZOOMS = (12, 14, 16)
SCHEMA = "tile_server_every_layer"
# At zoom 16 every fourth tile each way: all of a district would be hundreds a layer.
STEP = {16: 4}


class Client:
    """Keeps one connection."""

    def __init__(self, url):
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
        # Seconds in all that answers may be missing for: statistics by area come last.
        self.patience = 300

    def get(self, path):
        """Status and body; of an error the status alone, since its body names the request."""
        while True:
            answer, body = self.ask(path)
            if answer.status != 503 or self.patience <= 0:
                return answer.status, body if answer.status < 400 else b""
            self.patience -= 0.5
            time.sleep(0.5)

    def ask(self, path):
        """An answer and its body."""
        try:
            return self.ask_once(path)
        except (http.client.RemoteDisconnected, ConnectionError):
            # The server closes connections that are idle, as this one is while the other
            # side computes.
            self.connection.close()
            return self.ask_once(path)

    def ask_once(self, path):
        self.connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = self.connection.getresponse()
        return answer, answer.read()

    def json(self, path):
        self.connection.request("GET", path)
        return json.load(self.connection.getresponse())


def tiles(bounds, zoom):
    """The tiles of a rectangle, in longitude and latitude (Web Mercator, XYZ)."""
    west, south, east, north = bounds
    size = 2**zoom
    column = lambda lon: int((lon + 180) / 360 * size)
    row = lambda lat: int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * size)
    step = STEP.get(zoom, 1)
    for x in range(column(west), column(east) + 1, step):
        for y in range(row(north), row(south) + 1, step):
            yield zoom, x, y


@contextlib.contextmanager
def tables_served(program, data):
    """A server over the tables, with the catalog and the styles of the directory."""
    ports = [free_port(), free_port()]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("catalog", "styles"):
            if (data / name).exists():
                (Path(folder) / name).symlink_to((data / name).resolve())
        log = open(Path(folder) / "log", "w+b")
        listen = [f"127.0.0.1:{port}" for port in ports]
        server = subprocess.Popen(
            [program, "serve", "--data", folder, "--dataset-schema", SCHEMA]
            + ["--listen", listen[0], "--listen-staff", listen[1]],
            stdout=log, stderr=log)
        try:
            wait_until_whole(server, f"http://{listen[0]}")
            yield [f"http://{address}" for address in listen]
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read()[-3000:].decode(errors="replace"))
            raise
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(40)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def wait_until_whole(server, url, seconds=420):
    """Until no layer is missing: measures are computed from the tables first."""
    deadline = time.monotonic() + seconds
    state = None
    while time.monotonic() < deadline:
        if server.poll() is not None:
            sys.exit(f"the server over the tables ended with {server.returncode}")
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
            state = Client(url).json("/readyz")
            if state["layers"]["unavailable"] == 0 and state["layers"]["ready"] and not state["layers"].get("absent"):
                return
        time.sleep(0.5)
    sys.exit(f"layers from tables are missing after {seconds} s: {json.dumps(state, ensure_ascii=False)[:2000]}")


def compare(files, tables, audience):
    """Asks both for everything; the differences, and how much was compared."""
    left, right = Client(files), Client(tables)
    catalogs = [client.json("/catalog.json") for client in (left, right)]
    # Files of no catalog are layers beside the directory alone.
    layers = [[layer for layer in catalog["layers"] if layer["theme"]] for catalog in catalogs]
    ids = [[layer["id"] for layer in of] for of in layers]
    if ids[0] != ids[1]:
        sys.exit(f"{audience}: the two list other layers: {sorted(set(ids[0]) ^ set(ids[1]))}")
    bounds = catalogs[0]["district"]["bounds"]
    differences, compared, drawn = [], 0, 0
    for layer in layers[0]:
        paths = [f"/tiles/{layer['id']}/{zoom}/{x}/{y}" for at in ZOOMS for zoom, x, y in tiles(bounds, at)]
        times = (layer.get("time") or {}).get("slices") or []
        if len(times) > 1:
            zoom, x, y = next(tiles(bounds, 12))
            paths += [f"/tiles/{layer['id']}/{zoom}/{x}/{y}?time={times[0]}", f"/stats/{layer['id']}?time={times[0]}"]
        found = False
        for path in [*paths, f"/stats/{layer['id']}"]:
            answers = left.get(path), right.get(path)
            compared += 1
            if answers[0] != answers[1] or answers[0][0] >= 500:
                differences.append(f"{audience}: {path}: {answers[0][0]} {len(answers[0][1])} bytes, {answers[1][0]} {len(answers[1][1])} bytes")
            found |= path.startswith("/tiles/") and answers[0][0] == 200
        drawn += found
        if not found:
            differences.append(f"{audience}: {layer['id']} has nothing in any tile")
    return differences, compared, drawn, len(ids[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--url", required=True, help="the server over the files, for the public")
    parser.add_argument("--staff-url", required=True)
    parser.add_argument("--layers", type=int, required=True, help="how many there must be for staff")
    options = parser.parse_args()
    database = os.environ["TEST_DATABASE_URL"]
    os.environ["TILE_SERVER_DATABASE_URL"] = database
    # A file of no catalog may lie beside the datasets; it is loaded too, and not asked for.
    subprocess.run([options.program, "load", "--data", options.data, "--schema", SCHEMA], check=True, stdout=subprocess.DEVNULL)
    try:
        with tables_served(options.program, options.data) as (public, staff):
            results = [compare(options.url, public, "public"), compare(options.staff_url, staff, "staff")]
    finally:
        subprocess.run(["psql", "-qX", "-d", database, "-c", f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"], check=False, stderr=subprocess.DEVNULL)
    faults = [fault for differences, *_ in results for fault in differences]
    for fault in faults[:40]:
        print(f"every-layer: {fault}", file=sys.stderr)
    for audience, (_, compared, drawn, count) in zip(("public", "staff"), results):
        print(f"{audience}: {count} layers, {drawn} of them drawn, {compared} answers compared", file=sys.stderr)
    if results[1][3] != options.layers:
        sys.exit(f"there are {results[1][3]} layers for staff, not {options.layers}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
