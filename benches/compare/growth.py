"""Growth of latency and memory: the points of the plots.

Latency against the load, the features of a tile, the layers of a composite and the
features of a table; memory against the features.
"""

import contextlib
import http.client
import statistics
import time

from .check import compare, fetch
from .client import offer
from .grid import bounds_of, covering, tiles
from .process import say
from .rounds import figure
from .rows_database import NAMES, SCHEMA, THEME, with_live_tables
from .rows_load import loaded
from .tables import ATTRIBUTES, tables

GROWTH = "growth"
PLACE = (127.0369, 37.5634)
IN_TILE = (10, 100, 1_000, 10_000, 100_000)
IN_TABLE = (1_000, 10_000, 100_000, 1_000_000)
LAYERS = (1, 2, 4, 8, 16, 26)
RATES = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000)
# Of the tile that tables of all sizes have in common, and of each layer of a composite.
FEW = 1_000
PER_LAYER = 300


def growth(bench):
    """Series by plot: name, axes, and points by server."""
    in_table = IN_TABLE[:-1] if bench.quick else IN_TABLE
    names = make(bench.database, in_table)
    curves = []
    with contextlib.ExitStack() as stack:
        servers = started(bench, stack, GROWTH, names)
        deep, deeper = covering(*PLACE, 14), covering(*PLACE, 16)
        for name, title, label, wanted in (
            ("features-per-tile", "Time of a tile against its features", "point features in the tile", [(count, f"tile_{count}", deep) for count in IN_TILE]),
            ("layers-per-composite", f"Time of a composite of layers with {PER_LAYER} points each", "layers in the composite", [(count, ",".join(many(count)), deep) for count in LAYERS]),
            ("features-per-table", f"Time of a tile with {FEW:,} points against its table's features", "point features in the table", [(count, f"table_{count}", deeper) for count in in_table]),
        ):
            say(f"growth: {name}")
            pairs = [(layers, tile) for _, layers, tile in wanted]
            answers = [fetch(server, pairs) for server in servers]
            for other in answers[1:]:
                compare(answers[0], other)
            series = {server.name: [[count, figure(tile_ms(server, layers, tile))] for count, layers, tile in wanted] for server in servers}
            curves.append({"name": name, "title": title, "x": label, "y": "ms a tile, one request at a time, caches off", "series": series})
    curves.append(latency(bench))
    curves.append(memory(bench))
    return curves


def started(bench, stack, schema, names):
    """Ours, ours with live tables, martin: each without a cache."""
    common = {"database": bench.database, "schema": schema, "layers": names}
    servers = [stack.enter_context(bench.servers.ours("--cache-megabytes", "0", **common))]
    if live := with_live_tables(bench, stack, **common):
        servers.append(live)
    if bench.has("martin"):
        servers.append(stack.enter_context(bench.servers.martin(cache_megabytes=0, database=bench.database, schema=schema)))
    return servers


def many(count):
    return [f"layer_{number:02}" for number in range(1, count + 1)]


def make(database, in_table):
    """Tables of points; all names. Made by SQL, from a seed."""
    database.execute(f"CREATE SCHEMA {GROWTH}")
    deep, deeper = bounds_of(*covering(*PLACE, 14)), bounds_of(*covering(*PLACE, 16))
    # Well off the tile, and as dense as a city.
    away = (126.6, 37.4, 126.9, 37.7)
    # name, rows in the tile, the tile, rows elsewhere
    wanted = [(f"tile_{count}", count, deep, 0) for count in IN_TILE]
    wanted += [(f"table_{count}", FEW, deeper, count - FEW) for count in in_table]
    wanted += [(name, PER_LAYER, deep, 0) for name in many(LAYERS[-1])]
    for name, inside, tile, outside in wanted:
        database.execute(
            "SELECT setseed(0.5)",
            f"CREATE TABLE {GROWTH}.{name} (id bigint PRIMARY KEY, {ATTRIBUTES}, geom geometry(Point, 4326) NOT NULL)",
            f"INSERT INTO {GROWTH}.{name} {rows(1, inside, tile)} UNION ALL {rows(inside + 1, inside + outside, away)}",
            f"CREATE INDEX ON {GROWTH}.{name} USING gist (geom)",
            f"VACUUM ANALYZE {GROWTH}.{name}",
        )
    return [name for name, _, _, _ in wanted]


def rows(first, last, bounds):
    west, south, east, north = bounds
    # A margin, so that none lies on the tile's edge.
    along = lambda low, high: f"{low} + {high - low} * (0.02 + 0.96 * random())"
    return (
        "SELECT n, '성수이로 ' || n % 5000, '업종 ' || n % 12, (n % 30)::integer, round((random() * 100)::numeric, 1)::double precision, n % 2 = 0, "
        f"ST_SetSRID(ST_MakePoint({along(west, east)}, {along(south, north)}), 4326) FROM generate_series({first}, {last}) AS n"
    )


def tile_ms(server, layers, tile):
    """Median time of a tile, asked for again and again on one connection."""
    host, port = server.base.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=120)
    times, path = [], server.path(layers, tile)
    began = time.perf_counter()
    while len(times) < 5 or (len(times) < 50 and time.perf_counter() - began < 1):
        at = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        connection.getresponse().read()
        times.append(time.perf_counter() - at)
    connection.close()
    # The first one opens the connection.
    return statistics.median(times[1:]) * 1000


def latency(bench):
    """Latency of clients against an open-loop load."""
    say("growth: latency against load")
    series = {}
    with contextlib.ExitStack() as stack:
        for server in started(bench, stack, SCHEMA, NAMES):
            paths = [server.path(THEME, tile) for tile in tiles()]
            p50, p99 = [], []
            for rate in RATES:
                seen = offer(server, paths, rate, 3 if bench.quick else 8)
                if seen.client_busy:
                    bench.note(f"the load of {rate} requests a second on {server.name} was more than the client itself could make")
                    break
                p50.append([figure(seen.offered), figure(seen.p50_ms)])
                p99.append([figure(seen.offered), figure(seen.p99_ms)])
                if not seen.kept_up:
                    break
            series[f"{server.name}, p50"] = p50
            series[f"{server.name}, p99"] = p99
    title = "Latency of theme tiles of 26 layers against load, caches off"
    return {"name": "latency", "title": title, "x": "requests offered a second (open loop)", "y": "ms from the moment a request was due", "series": series}


def memory(bench):
    """Memory of feature tables, from the server's log of their loading."""
    with bench.servers.ours(database=bench.database, schema=SCHEMA, layers=NAMES, log_filter="info,access=warn") as server:
        found = loaded(server.log)
    series = {}
    for table in tables():
        if table.name in found:
            series.setdefault(table.kind, []).append([table.rows, found[table.name]["memory_bytes"] / 1e6])
    words = {"point": "points", "line": "lines", "area": "areas"}
    named = {words[kind]: [[x, figure(y)] for x, y in line] for kind, line in series.items()}
    return {"name": "memory", "title": "Memory of a feature table against its features", "x": "features", "y": "MB", "series": named}
