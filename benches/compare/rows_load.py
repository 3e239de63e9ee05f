"""P7: reading PostGIS tables into feature tables, beside COPY of them to a file."""

import json
from datetime import datetime

from .process import BenchError, say
from .rounds import figure, spread
from .rows_database import NAMES, SCHEMA
from .tables import tables

# A schema with one table.
ALONE = "alone"
COLUMNS = "id, name, category, floors, score, open, geom"


def p7(bench):
    """Rows for all tables, and for the largest point table loaded by itself; with memory."""
    say("P7: load")
    points = max((table for table in tables() if table.kind == "point"), key=lambda table: table.rows)
    folder = bench.work / "copies"
    folder.mkdir(exist_ok=True)
    # PostgreSQL writes them as its own user.
    folder.chmod(0o777)
    bench.database.execute(
        f"CREATE SCHEMA {ALONE}; CREATE TABLE {ALONE}.{points.name} (LIKE {SCHEMA}.{points.name} INCLUDING ALL); "
        f"INSERT INTO {ALONE}.{points.name} SELECT * FROM {SCHEMA}.{points.name}; ANALYZE {ALONE}.{points.name}"
    )

    def ours_of_both():
        return ours(bench, SCHEMA, NAMES) | {points.name: ours(bench, ALONE, [points.name])[points.name]}

    rounds = []
    for number in range(bench.plan.rounds + 1):
        loads = [ours_of_both, lambda: copies(bench, folder)]
        if number % 2:
            copied, loaded = loads[1](), loads[0]()
        else:
            loaded, copied = loads[0](), loads[1]()
        say(f"  round {number}: ours {loaded['all']['seconds']:.2f} s, COPY {copied['all']:.2f} s")
        rounds.append((loaded, copied))
    rounds = rounds[1:]
    rows = []
    for key, work in (("all", f"load of {len(NAMES)} PostGIS tables"), (points.name, f"load of {points.rows:,} points with 5 attributes")):
        last = rounds[-1][0][key]
        row = {"id": "P7", "work": work, "peer": "COPY (SELECT …) TO a file, binary", "features": last["features"]}
        row["sides"] = {
            "ours": {"seconds": spread(loaded[key]["seconds"] for loaded, _ in rounds)["median"]},
            "COPY": {"seconds": spread(copied[key] for _, copied in rounds)["median"]},
        }
        row["time_ratio"] = spread(loaded[key]["seconds"] / copied[key] for loaded, copied in rounds)
        row["bytes_per_feature"] = figure(last["memory_bytes"] / last["features"])
        row["wanted"] = [{"what": "time_ratio", "at_most": 2}]
        if key != "all":
            row["wanted"].append({"what": "bytes_per_feature", "at_most": 120})
        rows.append(row)
    return rows


def ours(bench, schema, names):
    """Load figures of each table from the log of one server start, and of all together."""
    with bench.servers.ours(database=bench.database, schema=schema, layers=names, log_filter="info,access=warn") as server:
        found = loaded(server.log)
    missing = [name for name in names if name not in found]
    if missing:
        raise BenchError(f"the server logged no `dataset loaded` for {', '.join(missing)}")
    found = {name: found[name] for name in names}
    # Tables may be read at the same time: from the first's start to the last's end.
    began = min(table["at"] - table["seconds"] for table in found.values())
    total = lambda of: sum(table[of] for table in found.values())
    ended = max(table["at"] for table in found.values())
    found["all"] = {"seconds": ended - began, "features": total("features"), "memory_bytes": total("memory_bytes")}
    return found


def loaded(log):
    """The `dataset loaded` lines of a log in JSON, by table."""
    found = {}
    for line in log.read_text().splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        fields = {**entry, **entry.get("fields", {})}
        if fields.get("message") != "dataset loaded":
            continue
        fields["at"] = datetime.fromisoformat(entry["timestamp"].replace("Z", "+00:00")).timestamp()
        found[fields["origin"].split(".")[-1]] = fields
    return found


def copies(bench, folder):
    """Seconds of COPY of each table to a file of the database's own, and of all."""
    found = {}
    for name in NAMES:
        path = folder / name
        found[name] = bench.database.seconds(f"COPY (SELECT {COLUMNS} FROM {SCHEMA}.{name}) TO '{path}' (FORMAT binary);\n")
        path.unlink()
    found["all"] = sum(found.values())
    return found
