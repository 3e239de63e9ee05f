"""P4: tiles of a PMTiles archive, beside nginx with the archive's own bytes as files."""

import contextlib

from .archive import NAME, write
from .grid import tiles
from .process import say
from .rounds import ratio, side, take_turns
from .rows_database import listed


def p4(bench):
    """One row, with the available peers."""
    data = bench.work / "archives"
    data.mkdir(exist_ok=True)
    path = data / f"{NAME}.pmtiles"
    say("P4: making the archive")
    made = write(path)
    with contextlib.ExitStack() as stack:
        sides = [stack.enter_context(bench.servers.ours(data=data, layers=[NAME]))]
        if bench.has("nginx"):
            nginx = stack.enter_context(bench.servers.nginx())
            for tile, body in made.items():
                file = bench.work / "www" / (nginx.path(NAME, tile)[1:] + ".gz")
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(body)
            sides.append(nginx)
        if bench.has("martin"):
            sides.append(stack.enter_context(bench.servers.martin(archives={NAME: path})))
        if bench.has("tileserver-gl"):
            sides.append(stack.enter_context(bench.servers.tileserver_gl({NAME: path})))
        answers = bench.agree(sides, [(NAME, tile) for tile in tiles()], exact=True)
        rounds = take_turns(bench.plan, listed(bench, "p4", sides, answers))
    mean = sum(len(body) for body in made.values()) / len(made)
    row = {"id": "P4", "work": f"PMTiles, tiles of {mean / 1000:.0f} KB", "peer": "nginx gzip_static, the archive's bytes", **answers.facts}
    row["sides"] = {server.name: side(rounds, server.name) for server in sides}
    if bench.has("nginx"):
        row["ratio"] = ratio(rounds, "ours", "nginx")
        row["wanted"] = [{"what": "ratio", "at_least": 0.95}]
        for peer in ("martin", "tileserver-gl"):
            if bench.has(peer):
                row[f"{peer}_to_nginx"] = ratio(rounds, peer, "nginx")
    return [row]
