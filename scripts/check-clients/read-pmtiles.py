"""Reads an archive over HTTP with the reader of PyPI's `pmtiles`, by ranges.

    read-pmtiles.py URL Z/X/Y…

Prints one line for each tile, its length and SHA-256, or `none`. Exits with 77
where the package is missing.
"""

import hashlib
import sys
import urllib.request

MISSING = 77

try:
    from pmtiles.reader import Reader
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(MISSING)


def by_ranges(url):
    """A function that gets bytes of the archive, always of one version of it."""
    tags = set()

    def get_bytes(offset, length):
        headers = {"Range": f"bytes={offset}-{offset + length - 1}", "Accept-Encoding": "gzip"}
        request = urllib.request.Request(url, headers=headers)
        with urllib.request.urlopen(request, timeout=240) as answer:
            body = answer.read()
            assert answer.status == 206, answer.status
            assert answer.headers.get("Content-Encoding") is None, "offsets are the file's"
            tags.add(answer.headers["ETag"])
            total = int(answer.headers["Content-Range"].rpartition("/")[2])
            assert len(body) == min(length, total - offset), "the range asked for"
        assert len(tags) == 1 and not next(iter(tags)).startswith("W/"), tags
        return body

    return get_bytes


def main():
    reader = Reader(by_ranges(sys.argv[1]))
    assert reader.header()["version"] == 3
    assert isinstance(reader.metadata(), dict)
    for name in sys.argv[2:]:
        tile = reader.get(*map(int, name.split("/")))
        print("none" if tile is None else f"{len(tile)} {hashlib.sha256(tile).hexdigest()}")


main()
