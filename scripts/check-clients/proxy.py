#!/usr/bin/env python3
"""Runs a real reverse proxy before a server, for as long as a command runs.

Usage: proxy.py KIND --upstream HOST:PORT [--staff HOST:PORT] [--port PORT] -- COMMAND…

The command finds the proxy's address in $PROXY_URL, and a folder with its log in
$PROXY_FOLDER; its exit code is the program's. As a module: `with running(KIND, …)`.

Kinds:
  minimal       nginx, `proxy_pass` and nothing else, in the HTTP version of its build
  minimal-1.0   the same, HTTP/1.0 to the server (the default of older ones)
  minimal-1.1   the same, HTTP/1.1 to the server (the default of newer ones)
  minimal-prefix  the same under /map/
  nginx         scripts/proxy/nginx.conf, on one port
  caddy-minimal Caddy, `reverse_proxy` and nothing else
  caddy         scripts/proxy/Caddyfile, on one port and without TLS
"""

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ports import free_port

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent / "proxy"
PUBLIC_HOST, STAFF_HOST = "map.example.go.kr", "staff.map.example.go.kr"
KINDS = ("minimal", "minimal-1.0", "minimal-1.1", "minimal-prefix", "nginx", "caddy-minimal", "caddy")

# What an operator's nginx.conf has around the server, in a folder of our own.
NGINX = """
daemon off;
worker_processes 1;
{user}
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{servers}
}}
"""
MINIMAL = """
    server {{
        listen {port};
        location {path} {{
            proxy_pass http://{upstream}{tail};
            {version}
        }}
    }}
"""
CADDY_GLOBALS = "{\n\tadmin off\n\tauto_https off\n}\n\n"


def replaced(text, pairs):
    """The text with each of these in the place of another, which must be there."""
    for old, new in pairs:
        if old not in text:
            raise ValueError(f"the example has no {old!r} any more")
        text = text.replace(old, new)
    return text


def nginx_servers(kind, port, upstream, staff):
    if kind == "nginx":
        text = (EXAMPLES / "nginx.conf").read_text()
        return replaced(text, [
            ("server 127.0.0.1:3000;", f"server {upstream};"),
            ("server 127.0.0.1:3001;", f"server {staff or upstream};"),
            ("listen 80;", f"listen {port};"),
        ])
    prefix = kind == "minimal-prefix"
    version = kind.removeprefix("minimal-") if kind in ("minimal-1.0", "minimal-1.1") else ""
    return MINIMAL.format(
        port=port,
        upstream=upstream,
        path="/map/" if prefix else "/",
        tail="/" if prefix else "",
        version=f"proxy_http_version {version};" if version else "",
    )


def caddyfile(kind, port, upstream, staff):
    if kind == "caddy-minimal":
        return f"{CADDY_GLOBALS}http://:{port} {{\n\treverse_proxy {upstream}\n}}\n"
    text = (EXAMPLES / "Caddyfile").read_text()
    return CADDY_GLOBALS + replaced(text, [
        (f"\n{PUBLIC_HOST} {{", f"\nhttp://{PUBLIC_HOST}:{port} {{"),
        (f"\n{STAFF_HOST} {{", f"\nhttp://{STAFF_HOST}:{port} {{"),
        ("reverse_proxy 127.0.0.1:3000", f"reverse_proxy {upstream}"),
        ("reverse_proxy 127.0.0.1:3001", f"reverse_proxy {staff or upstream}"),
    ])


def command(kind, folder, port, upstream, staff):
    """The proxy's command line; writes its configuration."""
    if kind.startswith("caddy"):
        config = folder / "Caddyfile"
        config.write_text(caddyfile(kind, port, upstream, staff))
        return ["caddy", "run", "--config", config, "--adapter", "caddyfile"]
    config = folder / "nginx.conf"
    # Its workers would run as another user otherwise, who can't write to the folder.
    user = "user root;" if os.geteuid() == 0 else ""
    servers = nginx_servers(kind, port, upstream, staff)
    config.write_text(NGINX.format(folder=folder, user=user, servers=servers))
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    return [program, "-e", "stderr", "-p", folder, "-c", config]


def wait_for_port(port, process, log, seconds=120):
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the proxy does not listen: {log.read_text(errors='replace')[-2000:]}")


@contextlib.contextmanager
def running(kind, upstream, staff=None, port=None):
    """A proxy of this kind before `upstream` (HOST:PORT); its URL and folder."""
    port = port or free_port()
    with tempfile.TemporaryDirectory(prefix="proxy-") as name:
        folder, log = Path(name), Path(name) / "log"
        line = command(kind, folder, port, upstream, staff)
        home = {**os.environ, "HOME": name, "XDG_DATA_HOME": name, "XDG_CONFIG_HOME": name}
        with log.open("wb") as out:
            process = subprocess.Popen(line, stdout=out, stderr=out, env=home)
        try:
            wait_for_port(port, process, log)
            prefix = "/map" if kind == "minimal-prefix" else ""
            yield f"http://127.0.0.1:{port}{prefix}", folder
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def main():
    words = sys.argv[1:]
    wanted = words[words.index("--") + 1:] if "--" in words else []
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--staff")
    parser.add_argument("--port", type=int)
    given = parser.parse_args(words[: words.index("--")] if "--" in words else words)
    if not wanted:
        parser.error("name the command to run behind --")
    with running(given.kind, given.upstream, given.staff, given.port) as (url, folder):
        values = {**os.environ, "PROXY_URL": url, "PROXY_FOLDER": str(folder)}
        code = subprocess.run(wanted, env=values, check=False).returncode
    sys.exit(code)


if __name__ == "__main__":
    main()
