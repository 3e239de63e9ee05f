"""Checks a composite tile and prints its digest and address.

    read-tile.py URL [LAYER,…]

Of all layers, or of those named, each of which must have features in it then.
It must be a single gzip member: browsers stop after the first. What it holds
must be what the layers' own tiles hold, one after another. The tile is one in
the middle of the district, where most layers have features.
"""

import gzip
import hashlib
import json
import math
import sys
import urllib.error
import urllib.request
import zlib

# Where a district fills some tiles, and each of them holds many features.
ZOOM = 14
# How many tiles are looked at, from the middle outwards.
CANDIDATES = 25


def fetch(url):
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=240) as answer:
        return answer.status, answer.headers, answer.read()


def one_member(body, what):
    """What a single gzip member holds; fails where anything follows it."""
    reader = zlib.decompressobj(wbits=31)
    data = reader.decompress(body)
    assert reader.eof, f"{what}: the gzip member has no end"
    assert reader.unused_data == b"", f"{what}: {len(reader.unused_data)} bytes follow"
    assert gzip.decompress(body) == data
    return data


def zoom_of(layers):
    """A zoom at which most layers have tiles, as near to ZOOM as may be."""
    def tiled(zoom):
        return sum(layer["min_zoom"] <= zoom <= layer["max_zoom"] for layer in layers)

    return max(range(23), key=lambda zoom: (tiled(zoom), -abs(zoom - ZOOM)))


def bounds_of(catalog, layers):
    """The district's bounds, or else those of what is in it."""
    if catalog["district"]["bounds"]:
        return catalog["district"]["bounds"]
    boxes = [layer["bounds"] for layer in layers if layer["bounds"]]
    assert boxes, "the catalog says nowhere where the district is"
    return [f(box[i] for box in boxes) for i, f in enumerate((min, min, max, max))]


def candidates(bounds, zoom):
    """Tiles within the bounds, those in the middle first."""
    def grid(lon, lat):
        sine = math.sin(math.radians(lat))
        x = (lon + 180) / 360
        y = 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)
        return x * (1 << zoom), y * (1 << zoom)

    west, south, east, north = bounds
    (left, bottom), (right, top) = grid(west, south), grid(east, north)
    x, y = int((left + right) / 2), int((top + bottom) / 2)
    # Rings around the middle: no need to list the tiles of a whole province.
    reach = range(-2, 3)
    around = [(abs(i) + abs(j), x + i, y + j) for i in reach for j in reach]
    inside = [
        (far, x, y)
        for far, x, y in around
        if int(left) <= x <= int(right) and int(top) <= y <= int(bottom)
    ]
    return [f"{zoom}/{x}/{y}" for _, x, y in sorted(inside)][:CANDIDATES]


def singles_in(base, layers, tile):
    """Each layer's own tile, where it has features there."""
    singles = {}
    for layer in layers:
        status, headers, body = fetch(f"{base}/tiles/{layer}/{tile}")
        if status == 204:
            continue
        assert headers["Content-Encoding"] == "gzip", f"{layer}: {headers}"
        singles[layer] = one_member(body, layer)
    return singles


def main():
    base = sys.argv[1].rstrip("/")
    _, _, body = fetch(f"{base}/catalog.json")
    catalog = json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
    available = [layer for layer in catalog["layers"] if layer["available"]]
    assert available, "no layer is available"
    named = sys.argv[2].split(",") if len(sys.argv) > 2 else []
    if named:
        available = [layer for layer in available if layer["id"] in named]
        assert len(available) == len(named), f"of {named} only {available} are available"
    zoom = zoom_of(available)
    # Outside its zooms a layer's own tile is an error.
    layers = [
        layer["id"] for layer in available if layer["min_zoom"] <= zoom <= layer["max_zoom"]
    ]

    singles, tile = {}, None
    for candidate in candidates(bounds_of(catalog, available), zoom):
        found = singles_in(base, layers, candidate)
        if len(found) > len(singles):
            singles, tile = found, candidate
        if len(singles) == len(layers):
            break
    least = len(named) or min(2, len(layers))
    assert len(singles) >= least, f"only {sorted(singles)} have features in {tile}"

    url = f"{base}/tiles/{','.join(layers)}/{tile}"
    _, headers, body = fetch(url)
    assert headers["Content-Encoding"] == "gzip", headers
    assert headers["Content-Type"] == "application/vnd.mapbox-vector-tile", headers
    assert int(headers["Content-Length"]) == len(body), headers
    data = one_member(body, "the composite")
    length = sum(len(single) for single in singles.values())
    assert len(data) == length, f"{len(data)} bytes, but the layers alone have {length}"
    for layer, single in singles.items():
        assert single in data, f"{layer} is not whole in the composite"
    print(f"{len(singles)} of {len(layers)} layers are in {tile}", file=sys.stderr)
    print(hashlib.sha256(data).hexdigest(), url)


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, OSError, zlib.error) as error:
        sys.exit(f"read-tile.py: {error}")
