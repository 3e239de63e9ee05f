"""The private PostgreSQL with PostGIS that holds the tables; its CPU and memory.

`scripts/postgis` makes and removes it; all else goes through psql.
"""

import contextlib
import shutil
import subprocess
import time
from pathlib import Path

from .process import BenchError, children, cpu_seconds, resident_bytes, run, say

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/postgis"


class Database:
    """A running cluster: its URL and its postmaster."""

    def __init__(self, url, postmaster):
        self.url = url
        self.postmaster = postmaster

    def command(self, *arguments):
        return ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.url, *arguments]

    def execute(self, *statements):
        """Runs statements one by one; the answer's rows as text."""
        words = [word for statement in statements for word in ("-c", statement)]
        return run(self.command("-A", "-t", *words))

    def seconds(self, script):
        """Seconds that psql takes for a script, without connecting."""
        out = run(self.command("-A", "-t"), input="\\timing on\n" + script)
        times = [line.split()[1] for line in out.splitlines() if line.startswith("Time:")]
        return sum(float(word) for word in times) / 1000

    def cpu(self):
        """CPU seconds of all backends so far, ended ones included."""
        own = cpu_seconds([self.postmaster], with_ended=True)
        return own + cpu_seconds(children(self.postmaster))

    def memory(self):
        return resident_bytes([self.postmaster, *children(self.postmaster)])

    def load(self, schema, tables):
        """Makes and fills tables, indexes and analyses them."""
        self.execute(f"CREATE SCHEMA {schema}")
        for table in tables:
            began = time.monotonic()
            self.execute(table.create(schema))
            self.copy(f"{schema}.{table.name}", table.lines())
            self.execute(f"CREATE INDEX ON {schema}.{table.name} USING gist (geom)", f"VACUUM ANALYZE {schema}.{table.name}")
            say(f"  {schema}.{table.name}: {table.rows} rows in {time.monotonic() - began:.1f} s")

    def copy(self, name, lines):
        """Fills a table by COPY."""
        process = subprocess.Popen(self.command("-c", f"COPY {name} FROM STDIN"), stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        # Where psql ended early its own words say why.
        with contextlib.suppress(BrokenPipeError):
            with process.stdin as out:
                out.writelines(line.encode() for line in lines)
        said = process.stderr.read().decode(errors="replace")
        if process.wait() != 0:
            raise BenchError(f"{name}: COPY failed: {said}")


@contextlib.contextmanager
def database(folder):
    """A fresh cluster while the block runs."""
    try:
        url = run([SCRIPT, "start", folder, "--fast"]).strip()
        if not url.startswith("postgres"):
            raise BenchError(f"scripts/postgis printed no URL but {url!r}")
        port = url.rsplit(":", 1)[1].split("/")[0]
        yield Database(url, postmaster(int(port)))
    finally:
        with contextlib.suppress(BenchError):
            run([SCRIPT, "remove", folder])
        shutil.rmtree(folder, ignore_errors=True)


def postmaster(port):
    """The process whose backends answer on the port: the parent of those that serve."""
    inode = listening(port)
    for folder in Path("/proc").glob("[0-9]*/fd"):
        with contextlib.suppress(OSError):
            if (folder.parent / "comm").read_text().strip() != "postgres":
                continue
            if any(str(link.readlink()) == f"socket:[{inode}]" for link in folder.iterdir()):
                return int(folder.parent.name)
    raise BenchError(f"no process is seen to listen on port {port}: run as the user that PostgreSQL runs as, or as root")


def listening(port):
    """The inode of the socket that listens on the port (proc(5), /proc/net/tcp)."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        if words[3] == "0A" and int(words[1].rsplit(":", 1)[1], 16) == port:
            return words[9]
    raise BenchError(f"nothing listens on port {port}")
