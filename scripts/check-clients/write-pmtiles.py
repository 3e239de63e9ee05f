"""Writes a PMTiles archive of raw tiles with the writer of PyPI's `pmtiles`.

    write-pmtiles.py FOLDER ARCHIVE [--compression none|gzip|brotli|zstd] [--leaves]

FOLDER holds tiles as `z/x/y.pbf`, not compressed, and may hold a `metadata.json`
as GDAL writes it. Equal neighbours become one entry with a run length. With
--leaves all tiles of zoom 8 are added, each of a size of its own, so that the
directory takes leaves. Exits with 77 where a Python package is missing.
"""

import argparse
import gzip
import json
import pathlib
import random
import sys

# Asked for where something that a test can do without is not installed.
MISSING = 77
# Its 65,536 tiles don't fit a root directory of 16 KiB.
LEAVES_ZOOM = 8

try:
    from pmtiles.tile import Compression, TileType, zxy_to_tileid
    from pmtiles.writer import write
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(MISSING)


def compressor(name):
    """The function that compresses a tile, and its number in the header."""
    if name == "none":
        return bytes, Compression.NONE
    if name == "gzip":
        return lambda tile: gzip.compress(tile, mtime=0), Compression.GZIP
    try:
        if name == "brotli":
            import brotli

            return brotli.compress, Compression.BROTLI
        import zstandard

        return zstandard.ZstdCompressor(level=9).compress, Compression.ZSTD
    except ImportError as missing:
        print(missing, file=sys.stderr)
        sys.exit(MISSING)


def stored_tiles(folder):
    """Id and bytes of every tile in the folder."""
    for path in folder.glob("*/*/*.pbf"):
        z, x, y = int(path.parts[-3]), int(path.parts[-2]), int(path.stem)
        yield zxy_to_tileid(z, x, y), path.read_bytes()


def filler_tiles():
    """Tiles of one zoom that hold nothing but an extension of some length: a
    field 16, which readers pass over (MVT 2.1, appendix A)."""
    lengths = random.Random(7)
    first = zxy_to_tileid(LEAVES_ZOOM, 0, 0)
    for tile_id in range(first, first + 4**LEAVES_ZOOM):
        length = lengths.randrange(1, 120)
        tile = bytes([0x82, 0x01, length]) + lengths.randbytes(length)
        yield tile_id, tile


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("archive", type=pathlib.Path)
    choices = ["none", "gzip", "brotli", "zstd"]
    parser.add_argument("--compression", default="gzip", choices=choices)
    parser.add_argument("--leaves", action="store_true")
    options = parser.parse_args()

    compress, compression = compressor(options.compression)
    metadata = {}
    path = options.folder / "metadata.json"
    if path.exists():
        # GDAL puts the layers into a JSON text within the JSON.
        metadata = json.loads(path.read_text(encoding="utf-8"))
        metadata |= json.loads(metadata.pop("json", "{}"))
    tiles = dict(stored_tiles(options.folder))
    if not tiles:
        sys.exit(f"{options.folder} holds no z/x/y.pbf")
    if options.leaves:
        tiles |= dict(filler_tiles())
    west, south, east, north = map(float, metadata.get("bounds", "-180,-85,180,85").split(","))
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": compression,
        "min_lon_e7": round(west * 1e7),
        "min_lat_e7": round(south * 1e7),
        "max_lon_e7": round(east * 1e7),
        "max_lat_e7": round(north * 1e7),
        "center_zoom": 0,
        "center_lon_e7": round((west + east) / 2 * 1e7),
        "center_lat_e7": round((south + north) / 2 * 1e7),
    }
    with write(options.archive) as writer:
        for tile_id in sorted(tiles):
            writer.write_tile(tile_id, compress(tiles[tile_id]))
        writer.finalize(header, metadata)
    print(len(tiles))


main()
