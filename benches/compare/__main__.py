"""Runs the rows that are wanted and writes the report. `scripts/bench` has the options."""

import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from . import report
from .database import database
from .grid import SEED
from .growth import growth
from .process import BenchError, Unavailable, run, say
from .rounds import Plan
from .rows_archive import p4
from .rows_before import PEER as BEFORE
from .rows_before import beside_before
from .rows_database import SCHEMA, agree, p1, p2, p3
from .rows_encode import p5
from .rows_load import p7
from .rows_start import p8
from .servers import Servers
from .tables import tables

# In the report's order. Another row is another function of a `rows_…` file here.
ROWS = {"P1": p1, "P2": p2, "P3": p3, "P4": p4, "P5": p5, "P7": p7, "P8": p8}
# Not a row, but wanted and left out like one.
CURVES = "curves"
# What makes use of the database, and what is nothing without it.
USE_DATABASE = {"P1", "P2", "P3", "P7", CURVES}
NEED_DATABASE = {"P1", "P7", CURVES}


class Bench:
    """Context of the rows: tools, servers, the plan, the database, notes."""

    def __init__(self, work, tools, plan, quick):
        self.work = work
        self.tools = tools
        self.plan = plan
        self.quick = quick
        self.servers = Servers(work, tools)
        self.database = None
        # Rows of values in the demo, once it is made.
        self.demo_rows = 0
        self.notes = []

    def has(self, peer):
        return peer in self.tools

    def note(self, text):
        if text not in self.notes:
            say(f"bench: {text}")
            self.notes.append(text)

    def agree(self, *arguments, **options):
        return agree(*arguments, **options)

    def environment(self, **more):
        return {**os.environ, **{key: str(value) for key, value in more.items()}}


def main():
    options = arguments()
    # Ends like an error does: every program that was started is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    tools = dict(tool.split("=", 1) for tool in options.tool)
    wanted = options.only.split(",") if options.only else [*ROWS, CURVES]
    unknown = [name for name in wanted if name not in ROWS and name != CURVES]
    if unknown:
        sys.exit(f"bench: --only knows {', '.join([*ROWS, CURVES])}, not {', '.join(unknown)}")
    plan = Plan(options.rounds, options.seconds)
    began, before = time.monotonic(), report.machine()
    with tempfile.TemporaryDirectory(prefix="tile-bench-") as folder, contextlib.ExitStack() as stack:
        work = Path(folder)
        # PostgreSQL may run as another user, who must get in.
        work.chmod(0o755)
        bench = Bench(work, tools, plan, options.quick)
        for peer in ("martin", "nginx", "tileserver-gl"):
            if not bench.has(peer):
                bench.note(f"{peer}: left out")
        rows, curves, failed = measure(bench, wanted, stack)
        result = {
            "method": f"{plan.words}; tiles of the district at zooms 14 to 16 in an order of seed {SEED}",
            "quick": options.quick,
            "minutes": round((time.monotonic() - began) / 60, 1),
            "machine": before,
            "versions": versions(bench),
            "rows": rows,
            "curves": curves,
            "notes": bench.notes,
        }
        print(report.write(Path(options.out), result))
        if failed:
            keep_logs(work, Path(options.logs))
    say(f"bench: {options.out}/report.md after {result['minutes']} minutes")
    sys.exit(1 if failed else 0)


def measure(bench, wanted, stack):
    """Every requested row, and whether one failed. Unavailable measurements become notes."""
    rows, curves, failed = [], [], False
    if USE_DATABASE & set(wanted) and bench.servers.can("--database-url"):
        say(f"loading {len(tables())} tables into PostGIS")
        bench.database = stack.enter_context(database(bench.work / "postgis"))
        bench.database.load(SCHEMA, tables())
    if bench.has(BEFORE):
        return beside_before(bench, set(wanted)), curves, failed
    for name in wanted:
        try:
            if name in NEED_DATABASE and not bench.database:
                raise Unavailable("this server reads no PostGIS (it has no --database-url)")
            if name == CURVES:
                curves = growth(bench)
            else:
                rows += ROWS[name](bench)
        except Unavailable as error:
            bench.note(f"{name}: {error}")
        except BenchError as error:
            bench.note(f"{name} FAILED: {error}")
            failed = True
    return rows, curves, failed


def keep_logs(work, folder):
    """Copies the logs of all programs into a folder, for diagnosis."""
    folder.mkdir(parents=True, exist_ok=True)
    for log in work.glob("*.log"):
        shutil.copy(log, folder)
    say(f"bench: what the programs said is in {folder}")


def versions(bench):
    found = {"tile-server": run([bench.tools["tile-server"], "--version"]).split()[-1]}
    if bench.has("martin"):
        found["martin"] = run([bench.tools["martin"], "--version"]).split()[-1]
    if bench.has("nginx"):
        found["nginx"] = run([bench.tools["nginx"], "-v"], merged=True).strip().rsplit("/", 1)[-1]
    if bench.has("tileserver-gl"):
        found["tileserver-gl-light"] = run(["node", bench.tools["tileserver-gl"], "--version"]).strip().lstrip("v")
    if bench.database:
        found["PostgreSQL"] = bench.database.execute("SHOW server_version").split()[0]
        found["PostGIS"] = bench.database.execute("SELECT postgis_lib_version()").strip()
    return found


def arguments():
    parser = argparse.ArgumentParser(prog="compare", description=__doc__)
    parser.add_argument("--tool", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--only", default="")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", required=True)
    parser.add_argument("--logs", required=True)
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.exit(f"bench: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
