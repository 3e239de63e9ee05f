"""P1 to P4 beside another build of our own: whether a change made a row slower.

The other build is the tool `before` (`scripts/bench --before PROGRAM`). What the two
answer may differ, since that may be what the change is for, so answers are not held
against each other: both are asked for the tiles in which both have something.
"""

import contextlib
import shutil

from .archive import NAME, write
from .check import fetch
from .grid import tiles
from .process import BenchError, say
from .rounds import figure, ratio, side, spread, take_turns
from .rows_database import NAMES, SCHEMA, SINGLE, THEME, listed, pages
from .servers import demo_data

PEER = "before"
# Flags of a server that makes each tile anew, and of one that asks the database too.
UNCACHED = ("--cache-megabytes", "0")
# The demo's file of polygons that is asked for alone.
FILE = "building"
LIVE = (*UNCACHED, "--table-memory", "0")


def beside_before(bench, wanted):
    """The rows of P1 to P4 that are wanted."""
    tables = {"database": bench.database, "schema": SCHEMA, "layers": NAMES}
    theme, pairs = [(THEME, tile) for tile in tiles()], pages()
    rows = []
    if "P1" in wanted and bench.database:
        rows += compared(bench, "P1", UNCACHED, tables, {"theme tile, 26 layers, tables in memory": theme, "1 to 3 layers, tables in memory": pairs})
        rows += compared(bench, "P1", LIVE, tables, {"theme tile, 26 layers, live tables": theme})
    if {"P2", "P3"} & wanted:
        works = {f"one file ({FILE}), warm": [(FILE, tile) for tile in tiles()]}
        rows += compared(bench, "P2, P3", (), {"data": one_file(bench), "layers": [FILE]}, works)
        if bench.database:
            single = [(SINGLE, tile) for tile in tiles()]
            works = {"theme tile of 26 PostGIS tables, warm": theme, f"one PostGIS table ({SINGLE}), warm": single}
            rows += compared(bench, "P2, P3", (), tables, works)
    if "P4" in wanted:
        data = bench.work / "archives"
        data.mkdir(exist_ok=True)
        write(data / f"{NAME}.pmtiles")
        works = {"tiles of a PMTiles archive": [(NAME, tile) for tile in tiles()]}
        rows += compared(bench, "P4", (), {"data": data, "layers": [NAME]}, works)
    return rows


def one_file(bench):
    """A data directory with one file of the demo and no catalog, whose keys another build
    may not know."""
    data = bench.work / "one-file"
    data.mkdir(exist_ok=True)
    shutil.copy(demo_data(bench) / f"{FILE}.fgb", data)
    return data


def compared(bench, number, flags, options, works):
    """A row for each workload: title and requested pairs."""
    rows = []
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(bench.servers.ours(*flags, **options))
        before = stack.enter_context(bench.servers.ours(*flags, name=PEER, tool=PEER, **options))
        for work, wanted in works.items():
            say(f"{number}: {work}")
            answers = Both(fetch(ours, wanted), fetch(before, wanted))
            sides = listed(bench, "before", [ours, before], answers)
            rounds = take_turns(bench.plan, sides, whole_passes=bool(flags))
            rows.append(
                {
                    "id": number,
                    "work": work,
                    "peer": "the build before",
                    "tiles": len(answers.pairs),
                    "answers": answers.counts,
                    "sides": {server.name: side(rounds, server.name) for server in (ours, before)},
                    "ratio": ratio(rounds, ours.name, PEER),
                    "bytes_ratio": answers.bytes_ratio,
                }
            )
    return rows


class Both:
    """Answers of two builds to the same list."""

    def __init__(self, ours, before):
        self.pairs = [pair for pair in ours.tiles if pair in before.tiles]
        if not self.pairs:
            raise BenchError("the two builds have no tile in common")
        self.counts = {answers.name: answers.counts() for answers in (ours, before)}
        found = spread(ours.sizes[pair] / before.sizes[pair] for pair in self.pairs)
        total = sum(ours.sizes[pair] for pair in self.pairs) / sum(before.sizes[pair] for pair in self.pairs)
        self.bytes_ratio = {**found, "of_all": figure(total)}
