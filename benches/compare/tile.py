"""Reads the content of a tile answer as a browser would: the first gzip member only.

Counts layers, features, attributes and geometry numbers; nothing is drawn. Of
Mapbox Vector Tile 2.1 it takes sections 4.1 (layers) and 4.2 (features).
"""

import zlib
from dataclasses import dataclass, field

# All bytes that have another one of the same number after them.
CONTINUED = bytes(range(128, 256))


@dataclass
class Layer:
    """Counts of one layer."""

    features: int = 0
    # Features that have an id.
    ids: int = 0
    # Attributes over all features.
    attributes: int = 0
    # Commands and parameters of all geometries.
    numbers: int = 0
    keys: set = field(default_factory=set)


class TileError(Exception):
    """Fault of a tile."""


def unzip(body):
    """The content of the first gzip member. More members are an error: browsers stop there."""
    reader = zlib.decompressobj(wbits=31)
    try:
        content = reader.decompress(body) + reader.flush()
    except zlib.error as error:
        raise TileError(f"is not gzip: {error}") from None
    if not reader.eof:
        raise TileError("ends inside its gzip member")
    if reader.unused_data:
        raise TileError("has more than one gzip member")
    return content


def read(content):
    """The layers of a tile by name."""
    layers = {}
    for number, value in fields(content):
        if number == 3:
            name, layer = read_layer(value)
            if name in layers:
                raise TileError(f"has two layers {name}")
            layers[name] = layer
    return layers


def read_layer(content):
    layer, name = Layer(), None
    for number, value in fields(content):
        if number == 1:
            name = value.decode()
        elif number == 3:
            layer.keys.add(value.decode())
        elif number == 2:
            layer.features += 1
            for part, inner in fields(value):
                if part == 1:
                    layer.ids += 1
                elif part == 2:
                    layer.attributes += count(inner) // 2
                elif part == 4:
                    layer.numbers += count(inner)
    if name is None:
        raise TileError("has a layer without a name")
    return name, layer


def count(packed):
    """Number of varints in a packed field."""
    return len(packed.translate(None, CONTINUED))


def fields(content):
    """Field numbers and values of a message; numbers as they are, the rest as bytes."""
    at, end = 0, len(content)
    while at < end:
        tag, at = varint(content, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(content, at)
        else:
            if kind == 2:
                length, at = varint(content, at)
            elif kind in (1, 5):
                length = 8 if kind == 1 else 4
            else:
                raise TileError(f"has the wire type {kind}")
            value = content[at : at + length]
            if len(value) != length:
                raise TileError("is cut off")
            at += length
        yield tag >> 3, value


def varint(content, at):
    value = shift = 0
    while True:
        if at >= len(content):
            raise TileError("is cut off")
        byte = content[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
        if shift > 63:
            raise TileError("has a number that is too long")
