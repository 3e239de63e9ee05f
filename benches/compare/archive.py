"""A PMTiles archive of the district with tiles of about 69 KB.

Written as the PMTiles specification, version 3, says: header (section 3), one root
directory (4), metadata (5), tiles in the order of their ids. Reading it back is left to
the servers: three programs that know nothing of this writer answer from it.
"""

import gzip
import json
import math
import random
import struct

from .grid import DISTRICT, SEED, tiles

NAME = "archive"
# Of a tile's answer; what the peers were first measured with.
TILE_BYTES = 69_000
EXTENT = 4096


def write(path):
    """Writes the archive; the gzipped tiles by (zoom, x, y)."""
    made = {tile: gzip.compress(tile_of(tile), 6, mtime=0) for tile in tiles()}
    ordered = sorted((tile_id(*tile), body) for tile, body in made.items())
    directory, offset = [], 0
    for number, body in ordered:
        directory.append((number, offset, len(body)))
        offset += len(body)
    root = gzip.compress(entries(directory), mtime=0)
    fields = {"name": "String", "floors": "Number", "open": "Boolean"}
    layers = [{"id": NAME, "minzoom": 14, "maxzoom": 16, "fields": fields}]
    metadata = gzip.compress(json.dumps({"name": NAME, "vector_layers": layers}).encode(), mtime=0)
    root_at = 127
    metadata_at = root_at + len(root)
    data_at = metadata_at + len(metadata)
    west, south, east, north = (round(degrees * 1e7) for degrees in DISTRICT)
    header = b"PMTiles" + struct.pack(
        "<B11Q6B4iB2i",
        3,
        *(root_at, len(root), metadata_at, len(metadata)),
        # No leaf directories.
        *(data_at, 0, data_at, offset),
        *(len(made), len(made), len(made)),
        # Clustered; directories and tiles are gzip (2); the tiles are MVT (1).
        *(1, 2, 2, 1, 14, 16),
        *(west, south, east, north),
        14,
        *((west + east) // 2, (south + north) // 2),
    )
    path.write_bytes(header + root + metadata + b"".join(body for _, body in ordered))
    return made


def tile_id(zoom, x, y):
    """The place of a tile on the Hilbert curve, after all tiles of lower zooms."""
    number = ((1 << (2 * zoom)) - 1) // 3
    side = 1 << (zoom - 1)
    while side:
        right, low = int(x & side > 0), int(y & side > 0)
        number += side * side * ((3 * right) ^ low)
        if low == 0:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        side >>= 1
    return number


def entries(directory):
    """A directory: ids as differences, run lengths, lengths, offsets."""
    out = bytearray(varint(len(directory)))
    last = 0
    for number, _, _ in directory:
        out += varint(number - last)
        last = number
    for _ in directory:
        out += varint(1)
    for _, _, length in directory:
        out += varint(length)
    for index, (_, offset, _) in enumerate(directory):
        # 0: right after the one before.
        out += varint(0 if index else offset + 1)
    return bytes(out)


def tile_of(tile):
    """A tile of houses with three attributes each, about as large as wanted."""
    source = random.Random(f"{SEED} {tile}")
    # What a house takes after gzip, found by trying.
    houses = TILE_BYTES // 18
    names = [f"성수이로 {number}" for number in range(400)]
    layer = bytearray(text(1, NAME))
    for number in range(1, houses + 1):
        tags = packed(0, source.randrange(400), 1, 400 + source.randrange(30), 2, 430 + source.randrange(2))
        layer += message(2, varint(1 << 3) + varint(number) + message(2, tags) + b"\x18\x03" + message(4, house(source)))
    for key in ("name", "floors", "open"):
        layer += text(3, key)
    for name in names:
        layer += message(4, text(1, name))
    for floors in range(30):
        layer += message(4, varint(5 << 3) + varint(floors))
    for truth in (0, 1):
        layer += message(4, varint(7 << 3) + varint(truth))
    layer += varint(5 << 3) + varint(EXTENT) + varint(15 << 3) + varint(2)
    return message(3, bytes(layer))


def house(source):
    """A ring of four corners inside the tile, clockwise on the screen (MVT 2.1, 4.3.4.4)."""
    x, y = source.randrange(40, EXTENT - 40), source.randrange(40, EXTENT - 40)
    turn, size = source.random() * math.tau, source.uniform(8, 30)
    lean = source.uniform(0.5, 1.0)
    angles = (turn - lean, turn + lean, turn + math.pi - lean, turn + math.pi + lean)
    corners = [(round(x + size * math.cos(angle)), round(y + size * math.sin(angle))) for angle in angles]
    steps = [(to[0] - at[0], to[1] - at[1]) for at, to in zip(corners, corners[1:])]
    return packed(9, zigzag(corners[0][0]), zigzag(corners[0][1]), 26, *(zigzag(part) for step in steps for part in step), 15)


def zigzag(number):
    return number << 1 if number >= 0 else (-number << 1) - 1


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def packed(*numbers):
    return b"".join(varint(number) for number in numbers)


def message(field, content):
    return varint(field << 3 | 2) + varint(len(content)) + content


def text(field, content):
    return message(field, content.encode())
