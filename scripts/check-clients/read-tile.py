"""Checks the composite tile of all layers and prints its digest and address.

It must be a single gzip member: browsers stop after the first. What it holds
must be what the layers' own tiles hold, one after another.
"""

import gzip
import hashlib
import json
import sys
import urllib.error
import urllib.request
import zlib

# The tile of zoom 14 around 127.04 E, 37.55 N: the middle of the district.
TILE = "14/13973/6345"


def fetch(url):
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.status, answer.headers, answer.read()


def one_member(body, what):
    """What a single gzip member holds; fails where anything follows it."""
    reader = zlib.decompressobj(wbits=31)
    data = reader.decompress(body)
    assert reader.eof, f"{what}: the gzip member has no end"
    assert reader.unused_data == b"", f"{what}: {len(reader.unused_data)} bytes follow"
    assert gzip.decompress(body) == data
    return data


def main():
    base = sys.argv[1].rstrip("/")
    _, _, body = fetch(f"{base}/catalog.json")
    catalog = json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
    layers = [layer["id"] for layer in catalog["layers"]]
    assert len(layers) >= 7, f"only {layers} are published"

    singles = {}
    for layer in layers:
        status, headers, body = fetch(f"{base}/tiles/{layer}/{TILE}")
        if status == 204:
            continue
        assert headers["Content-Encoding"] == "gzip", f"{layer}: {headers}"
        singles[layer] = one_member(body, layer)
    assert len(singles) >= 7, f"only {sorted(singles)} have features in {TILE}"

    url = f"{base}/tiles/{','.join(layers)}/{TILE}"
    _, headers, body = fetch(url)
    assert headers["Content-Encoding"] == "gzip", headers
    assert headers["Content-Type"] == "application/vnd.mapbox-vector-tile", headers
    assert int(headers["Content-Length"]) == len(body), headers
    data = one_member(body, "the composite")
    length = sum(len(single) for single in singles.values())
    assert len(data) == length, f"{len(data)} bytes, but the layers alone have {length}"
    for layer, single in singles.items():
        assert single in data, f"{layer} is not whole in the composite"
    print(hashlib.sha256(data).hexdigest(), url)


if __name__ == "__main__":
    try:
        main()
    except (AssertionError, OSError, zlib.error) as error:
        sys.exit(f"read-tile.py: {error}")
