#!/usr/bin/env python3
"""Sizes of every layer's and every theme's tiles, which a phone must take.

At each zoom from 10 to 18 the tiles over the data are asked for, as gzip sends them: at
the first zoom all of them, below it the children of the largest ones. For the public and for
staff the largest of each zoom is told, and fails above its limit. The base beneath all maps is a
layer here. The tiles are the same in every run, and so is the answer.
"""

import argparse
import concurrent.futures
import gzip
import http.client
import json
import math
import sys
import threading
from urllib.parse import urlsplit

ZOOMS = range(10, 19)
# Tiles of a zoom whose children are asked for: the largest ones.
FOLLOWED = 3
LAYER_LIMIT = 150_000
THEME_LIMIT = 400_000

kept = threading.local()


def get(url, path):
    """Status and body as sent, over this thread's connection."""
    host = urlsplit(url).netloc
    connections = kept.__dict__.setdefault("connections", {})
    connection = connections.setdefault(host, http.client.HTTPConnection(host, timeout=120))
    for again in (True, False):
        try:
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (http.client.RemoteDisconnected, ConnectionError):
            connection.close()
            if not again:
                raise


def tiles(bounds, zoom):
    """The tiles of a rectangle in longitude and latitude (Web Mercator, XYZ)."""
    west, south, east, north = bounds
    size = 2**zoom
    column = lambda lon: int((lon + 180) / 360 * size)
    row = lambda lat: int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * size)
    for x in range(column(west), column(east) + 1):
        for y in range(row(north), row(south) + 1):
            yield x, y


def sizes(url, name, bounds):
    """The size of the largest tile found at each zoom, in bytes; 0 without a tile."""
    largest = {}
    asked = list(tiles(bounds, ZOOMS[0]))
    for zoom in ZOOMS:
        found = []
        for x, y in asked:
            status, body = get(url, f"/tiles/{name}/{zoom}/{x}/{y}")
            # Below its first zoom and past its last a layer alone has no tiles.
            if status not in (200, 204, 404):
                raise SystemExit(f"/tiles/{name}/{zoom}/{x}/{y}: {status} {body[:200]!r}")
            found.append((len(body) if status == 200 else 0, x, y))
        found.sort(reverse=True)
        largest[zoom] = found[0][0]
        if not largest[zoom]:
            asked = list(tiles(bounds, zoom + 1))
            continue
        asked = [
            (2 * x + dx, 2 * y + dy)
            for _, x, y in found[:FOLLOWED]
            for dx in (0, 1)
            for dy in (0, 1)
        ]
    return largest


def sets(url):
    """Names of tile sets, with their bounds and limits: themes, then layers, then the base."""
    status, body = get(url, "/catalog.json")
    if status != 200:
        raise SystemExit(f"/catalog.json: {status}")
    catalog = json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
    # What no catalog declares has no theme, and no `tiling` either.
    layers = [layer for layer in catalog["layers"] if layer["available"] and layer["bounds"] and layer["theme"]]
    sides = list(zip(*(layer["bounds"] for layer in layers)))
    bounds = [min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])]
    themes = [(theme["id"], bounds, THEME_LIMIT) for theme in catalog["themes"]]
    maps = [(layer["id"], layer["bounds"], LAYER_LIMIT) for layer in layers]
    base = [("base", bounds, LAYER_LIMIT)] if get(url, "/tiles/base.json")[0] == 200 else []
    return themes + maps + base


def report(url, audience, every):
    """Writes the sizes; the number of tile sets above their limit."""
    wanted = sets(url)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        measured = list(pool.map(lambda entry: sizes(url, entry[0], entry[1]), wanted))
    over = 0
    for (name, _, limit), largest in zip(wanted, measured):
        above = max(largest.values()) > limit
        over += above
        if every or above or limit == THEME_LIMIT:
            row = "  ".join(f"{zoom}: {size / 1000:.0f}" for zoom, size in largest.items())
            print(f"{audience:6} {name:40} {row} kB{'  ABOVE ' if above else ''}")
    heaviest = sorted(
        (max(largest.values()), name)
        for (name, _, limit), largest in zip(wanted, measured)
        if limit == LAYER_LIMIT
    )
    listed = ", ".join(f"{name} {size / 1000:.0f}" for size, name in reversed(heaviest[-8:]))
    print(f"{audience:6} heaviest layers: {listed} kB")
    return over


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base-url", required=True, help="where residents connect")
    parser.add_argument("--staff-url", help="where staff connect")
    parser.add_argument("--every", action="store_true", help="list every layer")
    arguments = parser.parse_args()
    over = report(arguments.base_url, "public", arguments.every)
    if arguments.staff_url:
        over += report(arguments.staff_url, "staff", arguments.every)
    if over:
        print(
            f"tile-sizes: {over} above {LAYER_LIMIT // 1000} kB for a layer or"
            f" {THEME_LIMIT // 1000} kB for a theme: declare `tiling` for them",
            file=sys.stderr,
        )
        sys.exit(1)


if __name__ == "__main__":
    main()
