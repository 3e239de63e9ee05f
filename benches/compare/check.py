"""Compares the answers of servers before any is timed: an incomplete answer must not win.

Every tile of the list is read by `tile`, which stops after the first gzip member.
Ours may hold more than martin's: ST_AsMVTGeom drops what is below a tile unit, we
draw it as the smallest shape of its kind. It must not hold less, and a large surplus
is no such shape but a fault.
"""

import urllib.error
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from .process import BenchError, tail
from .servers import get
from .tile import TileError, read, unzip

# A feature on the edge of the buffer can fall either way by rounding.
EDGE_FEATURES = 2
# Shapes below a unit are rare in these inputs at zooms 14 to 16.
SURPLUS = 0.02


@dataclass
class Answers:
    """Answers of one server to a list of tiles."""

    name: str
    # By tile: layers by name. Tiles that are empty are missing.
    tiles: dict = field(default_factory=dict)
    # Bytes by tile, compressed, without heads.
    sizes: dict = field(default_factory=dict)
    bodies: dict = field(default_factory=dict)

    def counts(self):
        layers = [layer for tile in self.tiles.values() for layer in tile.values()]
        return {
            "layers": len(layers),
            "features": sum(layer.features for layer in layers),
            "ids": sum(layer.ids for layer in layers),
            "attributes": sum(layer.attributes for layer in layers),
            "mean_body_bytes": round(sum(self.sizes.values()) / max(1, len(self.sizes))),
        }


def fetch(server, wanted, keep_bodies=False):
    """Asks for tiles, pairs of a layer list and a tile, and reads all of them."""
    found = Answers(server.name)

    def one(pair):
        path = server.path(*pair)
        try:
            status, headers, body = get(server.base + path)
        except urllib.error.HTTPError as error:
            # tileserver-gl says 404 where an archive has no tile.
            if error.code == 404 and server.name == "tileserver-gl":
                return pair, None
            raise BenchError(f"{server.name}: {path}: {error.code} {error.read()[:300]!r}") from None
        except OSError as error:
            raise BenchError(f"{server.name}: {path}: {error}; it said: {tail(server.log)}") from None
        if status == 204 or not body:
            return pair, None
        if headers.get("Content-Encoding") != "gzip":
            raise BenchError(f"{server.name}: {path} is not gzip")
        return pair, body

    with ThreadPoolExecutor(4) as pool:
        for pair, body in pool.map(one, wanted):
            if body is None:
                continue
            try:
                layers = {name: layer for name, layer in read(unzip(body)).items() if layer.features}
            except TileError as error:
                raise BenchError(f"{server.name}: {server.path(*pair)} {error}") from None
            if not layers:
                continue
            found.tiles[pair] = layers
            found.sizes[pair] = len(body)
            if keep_bodies:
                found.bodies[pair] = body
    return found


def compare(ours, peer, exact=False):
    """Fails if ours holds less than a peer, or far more; returns the surplus as a share."""
    faults = []
    total = surplus = 0
    for pair in sorted(ours.tiles.keys() | peer.tiles.keys()):
        mine, theirs = ours.tiles.get(pair, {}), peer.tiles.get(pair, {})
        for name in sorted(mine.keys() | theirs.keys()):
            have, want = mine.get(name), theirs.get(name)
            here = have.features if have else 0
            there = want.features if want else 0
            total += there
            surplus += here - there
            slack = 0 if exact else EDGE_FEATURES
            if here < there - slack or (exact and here != there):
                faults.append(f"{pair} {name}: {here} features, {peer.name} {there}")
            elif have and want and have.features and not want.keys <= have.keys:
                faults.append(f"{pair} {name}: lacks {', '.join(sorted(want.keys - have.keys))}")
            elif have and want and have.ids < have.features and want.ids == want.features:
                faults.append(f"{pair} {name}: {have.features - have.ids} features without id, {peer.name} has all")
            elif have and want and have.attributes / here < want.attributes / there * 0.999:
                faults.append(f"{pair} {name}: {have.attributes} attributes, {peer.name} {want.attributes}")
    share = surplus / max(1, total)
    if not exact and share > SURPLUS:
        faults.append(f"{surplus} features more than {peer.name}'s {total}: more than shapes below a unit explain")
    if faults:
        more = f" and {len(faults) - 5} more" if len(faults) > 5 else ""
        raise BenchError(f"{ours.name} and {peer.name} answer differently: {'; '.join(faults[:5])}{more}")
    return share
