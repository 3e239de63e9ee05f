"""P1, P2 and P3: theme tiles and layers over PostGIS, and over the demo district.

A row is what the report shows of one comparison; `report` names its fields.
"""

import contextlib
import random

from .check import compare, fetch
from .grid import SEED, tiles
from .process import BenchError, Unavailable, say
from .rounds import figure, ratio, side, spread, take_turns
from .servers import catalog, demo_data, get
from .tables import tables

SCHEMA = "bench"
NAMES = [table.name for table in tables()]
THEME = ",".join(NAMES)
# The layer that P3 asks for alone: the largest of areas, as buildings are.
SINGLE = max((table for table in tables() if table.kind == "area"), key=lambda table: table.rows).name


def pages():
    """Requests of a map page: for each tile, one to three layers in one composite."""
    source = random.Random(SEED)
    return [(",".join(sorted(source.sample(NAMES, source.randint(1, 3)))), tile) for tile in tiles()]


def p1(bench):
    """Caches off: each tile is made anew for each request."""
    rows = []
    with contextlib.ExitStack() as stack:
        martin = None
        if bench.has("martin"):
            martin = stack.enter_context(bench.servers.martin(cache_megabytes=0, database=bench.database, schema=SCHEMA))
        common = {"database": bench.database, "schema": SCHEMA, "layers": NAMES}
        sides = [stack.enter_context(bench.servers.ours("--cache-megabytes", "0", **common))]
        if live := with_live_tables(bench, stack, **common):
            sides.append(live)
        for work, wanted, target in (
            ("theme tile, 26 layers, caches off", [(THEME, tile) for tile in tiles()], 20),
            ("what a map page asks for: 1 to 3 layers, caches off", pages(), None),
        ):
            say(f"P1: {work}")
            answers = bench.agree([*sides, *([martin] if martin else [])], wanted)
            rounds = take_turns(bench.plan, listed(bench, "p1", [*sides, *([martin] if martin else [])], answers), whole_passes=True)
            for server, kind in zip(sides, ("tables in memory", "live tables")):
                row = {"id": "P1", "work": f"{work}, {kind}", "peer": "martin, cache_size_mb 0", **answers.facts}
                row["sides"] = {"ours": side(rounds, server.name)}
                if martin:
                    row["sides"]["martin"] = side(rounds, "martin")
                    row["ratio"] = ratio(rounds, server.name, "martin")
                    row["bytes_ratio"] = answers.bytes_ratio(server.name, "martin")
                    if target and server.name == "ours":
                        row["wanted"] = [{"what": "ratio", "at_least": target}, {"what": "bytes_ratio", "at_most": 1.1}]
                rows.append(row)
    return rows


def with_live_tables(bench, stack, **options):
    """Ours without tables in memory: each tile asks the database. None where it can't."""
    try:
        live = bench.servers.ours("--cache-megabytes", "0", "--table-memory", "0", name="ours, live", **options)
        return stack.enter_context(live)
    except Unavailable as error:
        bench.note(f"live tables: {error}")
        return None


def p2(bench):
    """Warm theme tiles."""
    rows = demo(bench, "P2", "theme tile, warm", "common")
    return rows + warm(bench, "P2", "theme tile of 26 PostGIS tables, warm", THEME, "theme")


def p3(bench):
    """One layer, warm."""
    rows = demo(bench, "P3", "one layer, warm", "com-06-buildings")
    return rows + warm(bench, "P3", f"one PostGIS table ({SINGLE}), warm", SINGLE, "layer")


def demo(bench, number, work, layers):
    """The demo district from its own files, beside nginx with the same bytes."""
    data = demo_data(bench)
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(bench.servers.ours(data=data))
        bounds = catalog(ours.base)["district"]["bounds"]
        wanted = [(layers, tile) for tile in tiles(bounds)]
        return beside_files(bench, stack, number, f"{work} (demo: {layers})", ours, None, wanted, "demo")


def warm(bench, number, work, layers, kind):
    """The tables in PostGIS, everyone with its own cache."""
    if not bench.database:
        bench.note(f"{number} is without PostGIS tables: this server has no --database-url")
        return []
    with contextlib.ExitStack() as stack:
        names = layers.split(",")
        ours = stack.enter_context(bench.servers.ours(database=bench.database, schema=SCHEMA, layers=names))
        martin = None
        if bench.has("martin"):
            martin = stack.enter_context(bench.servers.martin(database=bench.database, schema=SCHEMA))
        wanted = [(layers, tile) for tile in tiles()]
        return beside_files(bench, stack, number, work, ours, martin, wanted, kind)


def beside_files(bench, stack, number, work, ours, martin, wanted, kind):
    """One row: ours, nginx with our bytes as files, and martin where it can."""
    say(f"{number}: {work}")
    sides = [ours] + ([martin] if martin else [])
    answers = bench.agree(sides, wanted, keep_bodies=True)
    nginx = None
    if bench.has("nginx"):
        nginx = stack.enter_context(bench.servers.nginx())
        www = bench.work / "www"
        for pair, body in answers.of["ours"].bodies.items():
            file = www / (nginx.path(*pair)[1:] + ".gz")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
        for pair, body in answers.of["ours"].bodies.items():
            if get(nginx.base + nginx.path(*pair))[2] != body:
                raise BenchError(f"nginx answers other bytes to {nginx.path(*pair)}")
        sides.insert(1, nginx)
    rounds = take_turns(bench.plan, listed(bench, kind, sides, answers))
    row = {"id": number, "work": work, "peer": "nginx gzip_static, same bytes", **answers.facts}
    row["sides"] = {server.name: side(rounds, server.name) for server in sides}
    if nginx:
        row["ratio"] = ratio(rounds, "ours", "nginx")
        row["wanted"] = [{"what": "ratio", "at_least": 0.8}]
    if martin:
        row["ratio_to_martin"] = ratio(rounds, "ours", "martin")
        row["bytes_ratio"] = answers.bytes_ratio("ours", "martin")
        if nginx:
            row["martin_to_nginx"] = ratio(rounds, "martin", "nginx")
    return [row]


class Agreed:
    """Answers of several servers that were found to be alike."""

    def __init__(self, of, surplus):
        self.of = of
        first = next(iter(of.values()))
        # Everyone is asked for what has something in it.
        self.pairs = [pair for pair in first.tiles if all(pair in other.tiles for other in of.values())]
        self.facts = {
            "tiles": len(self.pairs),
            "answers": {name: answers.counts() for name, answers in of.items()},
            "features_more_than": {name: figure(share) for name, share in surplus.items()},
        }

    def bytes_ratio(self, name, peer):
        """Ratio of body sizes to those of a peer, tile by tile and over all."""
        mine, theirs = self.of[name].sizes, self.of[peer].sizes
        found = spread(mine[pair] / theirs[pair] for pair in self.pairs)
        total = sum(mine[pair] for pair in self.pairs) / sum(theirs[pair] for pair in self.pairs)
        return {**found, "of_all": figure(total)}


def agree(servers, wanted, keep_bodies=False, exact=False):
    """Asks all for the same tiles, and fails where one answers less."""
    of = {server.name: fetch(server, wanted, keep_bodies) for server in servers}
    surplus = {}
    first = servers[0].name
    for server in servers[1:]:
        surplus[server.name] = compare(of[first], of[server.name], exact)
        if server.name.startswith("ours"):
            # Nor may the one that is not first answer less than a peer.
            for peer in servers[1:]:
                compare(of[server.name], of[peer.name], exact)
    found = Agreed(of, surplus)
    if not found.pairs:
        raise BenchError(f"{first} has nothing in any of {len(wanted)} tiles")
    for name, answers in of.items():
        counts = answers.counts()
        say(f"  {name}: {counts['features']} features ({counts['ids']} with id), {counts['attributes']} attributes, {counts['mean_body_bytes']} bytes a tile")
    return found


def listed(bench, name, servers, answers):
    """Each server with a file of the paths that it is asked for."""
    sides = []
    for server in servers:
        listing = bench.work / f"{name}-{server.name.replace(', ', '-')}.txt"
        listing.write_text("".join(f"{server.path(*pair)}\n" for pair in answers.pairs))
        sides.append((server, listing))
    return sides
