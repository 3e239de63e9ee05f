"""Servers under test: ours and its peers, each configured as an operator would.

A server is a context manager's value with a name, a base URL, the path of a tile
and what it has cost so far. Two cores are given to each.
"""

import contextlib
import gzip
import json
import os
import re
import time
import urllib.request
from dataclasses import dataclass, field

from .process import Unavailable, children, cpu_seconds, free_port, resident_bytes, run, running, tail, wait_for

WORKERS = 2
NGINX = """
worker_processes {workers};
{user}
pid {work}/nginx.pid;
error_log {work}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=20000 inactive=1h;
  default_type application/vnd.mapbox-vector-tile;
  client_body_temp_path {work}/nginx-body;
  proxy_temp_path {work}/nginx-proxy;
  fastcgi_temp_path {work}/nginx-fastcgi;
  uwsgi_temp_path {work}/nginx-uwsgi;
  scgi_temp_path {work}/nginx-scgi;
  server {{
    listen 127.0.0.1:{port};
    root {work}/www;
    gzip_static always;
    etag on;
  }}
}}
"""


@dataclass
class Server:
    """A running server."""

    name: str
    base: str
    pids: list
    log: str
    # From layers and a tile to the path of it.
    pattern: str = "/tiles/{layers}/{z}/{x}/{y}"
    # Whose backends work for it.
    database: object = None
    version: str = ""
    extra: dict = field(default_factory=dict)

    def path(self, layers, tile):
        zoom, x, y = tile
        return self.pattern.format(layers=layers, z=zoom, x=x, y=y)

    def cpu(self):
        """CPU seconds so far: its own, and those of the database."""
        return cpu_seconds(self.pids), self.database.cpu() if self.database else 0.0

    def memory(self):
        return resident_bytes(self.pids)


def get(url, timeout=120):
    """Status, headers and body of an answer."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return answer.status, answer.headers, answer.read()


def catalog(base):
    """Catalog of our server."""
    with urllib.request.urlopen(f"{base}/catalog.json", timeout=30) as answer:
        return json.load(answer)


def demo_data(bench):
    """The directory of the demo district, made where it is missing."""
    data = bench.work / "demo"
    if not data.exists():
        said = run([bench.tools["demo-district"], "--data", data])
        bench.demo_rows = int(re.search(r"([0-9]+) rows of values", said)[1])
    return data


def wait_until_whole(base, log, seconds=300):
    """Waits until no layer is missing: figures are computed while others are served."""
    deadline = time.monotonic() + seconds
    while True:
        with urllib.request.urlopen(f"{base}/readyz", timeout=30) as answer:
            missing = json.load(answer)["layers"]["unavailable"]
        if not missing:
            return
        if time.monotonic() > deadline:
            raise Unavailable(f"{missing} layers are missing after {seconds} s: {tail(log)}")
        time.sleep(0.01)


class Servers:
    """Starts servers, in a working directory, with the tools that were found."""

    def __init__(self, work, tools):
        self.work = work
        self.tools = tools
        self.started = 0
        self.help = run([tools["tile-server"], "serve", "--help"])

    def can(self, flag):
        """Whether our server accepts a flag."""
        return flag in self.help

    def log(self, name):
        self.started += 1
        return self.work / f"{name}-{self.started}.log"

    @contextlib.contextmanager
    def ours(self, *flags, name="ours", data=None, database=None, schema=None, layers=(), log_filter="warn", tool="tile-server"):
        """Our server, or the build of it that `tool` names; waits until it has the layers."""
        port, log = free_port(), self.log("ours")
        if data is None:
            data = self.work / "empty"
            data.mkdir(exist_ok=True)
        command = [self.tools[tool], "serve", "--data", data, "--listen", f"127.0.0.1:{port}"]
        command += ["--log-filter", log_filter, "--log-format", "json", *flags]
        if database:
            command += ["--database-url", database.url, "--publish-schema", schema]
        # Flags alone configure what is measured.
        clean = {key: value for key, value in os.environ.items() if not key.startswith("TILE_SERVER_")}
        with running(command, log, env=clean) as process:
            base = f"http://127.0.0.1:{port}"
            wait_for(f"{base}/readyz", process, log, seconds=300)
            wait_until_whole(base, log)
            wait_for_layers(base, layers, log)
            version = run([self.tools[tool], "--version"]).split()[-1]
            yield Server(name, base, [process.pid], log, database=database, version=version)

    @contextlib.contextmanager
    def nginx(self, name="nginx"):
        """nginx with the files in `www` of the working directory."""
        port, log, www = free_port(), self.log("nginx"), self.work / "www"
        www.mkdir(exist_ok=True)
        (www / "ready.gz").write_bytes(gzip.compress(b"ready"))
        config = self.work / "nginx.conf"
        # Its workers would run as another user otherwise, who can't read the files.
        user = "user root;" if os.geteuid() == 0 else ""
        config.write_text(NGINX.format(work=self.work, port=port, workers=WORKERS, user=user))
        with running([self.tools["nginx"], "-c", config, "-g", "daemon off;"], log) as process:
            base = f"http://127.0.0.1:{port}"
            wait_for(f"{base}/ready", process, log)
            yield Server(name, base, children(process.pid), log)

    @contextlib.contextmanager
    def martin(self, cache_megabytes=None, database=None, schema=None, archives=None, name="martin"):
        """martin; its own cache unless told."""
        port, log = free_port(), self.log("martin")
        # JSON is YAML.
        config = {"listen_addresses": f"127.0.0.1:{port}", "worker_processes": WORKERS}
        if cache_megabytes is not None:
            config["cache_size_mb"] = cache_megabytes
        if database:
            tables = {"from_schemas": schema, "source_id_format": "{table}", "id_columns": "id"}
            publish = {"from_schemas": schema, "tables": tables, "functions": False}
            config["postgres"] = {"connection_string": database.url, "auto_publish": publish}
        if archives:
            config["pmtiles"] = {"sources": {key: str(path) for key, path in archives.items()}}
        path = self.work / f"{log.stem}.yaml"
        path.write_text(json.dumps(config))
        quiet = {**os.environ, "RUST_LOG": "warn"}
        with running([self.tools["martin"], "--config", path], log, env=quiet) as process:
            base = f"http://127.0.0.1:{port}"
            wait_for(f"{base}/health", process, log)
            yield Server(name, base, [process.pid], log, pattern="/{layers}/{z}/{x}/{y}", database=database)

    @contextlib.contextmanager
    def tileserver_gl(self, archives, name="tileserver-gl"):
        """tileserver-gl-light over archives."""
        port, log = free_port(), self.log("tileserver-gl")
        data = {key: {"pmtiles": str(path)} for key, path in archives.items()}
        config = self.work / "tileserver-gl.json"
        config.write_text(json.dumps({"options": {"paths": {"root": str(self.work)}}, "styles": {}, "data": data}))
        command = ["node", self.tools["tileserver-gl"], "--config", config, "--port", port, "--bind", "127.0.0.1", "--silent"]
        with running(command, log, cwd=self.work) as process:
            base = f"http://127.0.0.1:{port}"
            wait_for(f"{base}/health", process, log)
            yield Server(name, base, [process.pid], log, pattern="/data/{layers}/{z}/{x}/{y}.pbf")


def wait_for_layers(base, layers, log, seconds=120):
    """Waits until the catalog has all layers."""
    deadline = time.monotonic() + seconds
    while True:
        missing = set(layers) - {layer["id"] for layer in catalog(base)["layers"]}
        if not missing:
            return
        if time.monotonic() > deadline:
            raise Unavailable(f"the server publishes no {', '.join(sorted(missing))}: {tail(log)}")
        time.sleep(0.2)
