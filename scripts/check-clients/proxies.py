#!/usr/bin/env python3
"""The server behind real proxies: what clients get through each, and what they do not.

Usage: proxies.py --program TILE_SERVER --data DIR [--only KIND]

Starts servers of its own over the data directory, which must have a catalog with a
public layer and one for staff, and nginx and Caddy before them (kinds: proxy.py). Through
each it asks for the page and its files, the catalog, TileJSON, a style and a tile, and
looks where links lead, that nothing of the operator's and of staff's is given away, and
whom the access log names. Prints what it found; fails where something is otherwise.
"""

import argparse
import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import proxy

# Clients call from an address of their own, to be distinguished from the proxy in the log.
CLIENT = "127.0.0.9"
SECONDS_TO_READY = 240
EXAMPLES = ("nginx", "caddy")


class Server:
    """A running server: its addresses, and the lines of its log."""

    def __init__(self, process, log, ports):
        self.process, self.log = process, log
        self.public, self.staff, self.admin = [f"127.0.0.1:{port}" for port in ports]

    def entries(self):
        """The lines of the log, which is JSON."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]


@contextlib.contextmanager
def served(program, data, *flags):
    ports = [proxy.free_port() for _ in range(3)]
    clean = {key: value for key, value in os.environ.items() if not key.startswith("TILE_SERVER_")}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        line = [program, "serve", "--data", data, "--log-format", "json", *flags]
        for name, port in zip(("--listen", "--listen-staff", "--listen-admin"), ports):
            line += [name, f"127.0.0.1:{port}"]
        with log.open("wb") as out:
            process = subprocess.Popen(line, stdout=out, stderr=out, env=clean)
        server = Server(process, log, ports)
        try:
            wait_until_ready(server)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(120)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_ready(server):
    deadline = time.monotonic() + SECONDS_TO_READY
    while time.monotonic() < deadline and server.process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if ask(f"http://{server.admin}", "/readyz")[0] == 200:
                return
        time.sleep(0.2)
    sys.exit(f"proxies: the server is not ready: {server.log.read_text()[-2000:]}")


def ask(base, path, source="127.0.0.1", **headers):
    """Status, headers and body of an answer. `Host` may be another than in the URL."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=240, source_address=(source, 0))
    try:
        connection.request("GET", urlsplit(base).path.rstrip("/") + path, headers=named)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


class Check:
    """One proxy before one server, as a browser at `seen` uses it. `seen` is the URL in
    the browser's address bar, and `links` the base of the links that answers should have."""

    def __init__(self, name, server, url, seen, links, layers):
        self.name, self.server, self.url, self.seen, self.links = name, server, url, seen, links
        self.public_layer, self.staff_layer, self.tile = layers
        self.faults = []

    def ok(self, condition, what):
        if not condition:
            self.faults.append(f"{self.name}: {what}")
        return condition

    def get(self, path, **headers):
        return ask(self.url, path, CLIENT, Host=urlsplit(self.seen).netloc, **headers)

    def run(self, trusted):
        self.page()
        self.documents()
        self.nothing_of_the_operator()
        self.access_log(trusted)
        return self.faults

    def page(self):
        status, headers, body = self.get("/")
        self.ok(status == 200 and "text/html" in headers["Content-Type"], f"the page is {status}")
        for link in re.findall(rb'(?:src|href)="([^"#]+)"', body):
            link = link.decode()
            # As a browser resolves it: it must lead to this site, and be there.
            target = urljoin(f"{self.seen}/", link)
            if not self.ok(target.startswith(f"{self.seen}/") or link.startswith(self.links), f"the page leads to {target}"):
                continue
            if target.startswith(f"{self.seen}/"):
                found = self.get(target[len(self.seen):])[0]
                self.ok(found == 200, f"{target} of the page is {found}")

    def documents(self):
        status, _, body = self.get("/catalog.json")
        names = [layer["id"] for layer in json.loads(body)["layers"]] if status == 200 else []
        self.ok(self.public_layer in names, f"the catalog is {status} and lacks {self.public_layer}")
        self.ok(self.staff_layer not in names, f"the public catalog has {self.staff_layer}")
        tilejson = json.loads(self.get(f"/tiles/{self.public_layer}.json")[2])
        template = tilejson.get("tiles", [""])[0]
        self.ok(template.startswith(f"{self.links}/tiles/"), f"tiles are at {template}")
        style = json.loads(self.get(f"/styles/{self.public_layer}.json")[2])
        source = next(iter(style.get("sources", {}).values()), {}).get("url", "")
        self.ok(source.startswith(f"{self.links}/tiles/"), f"the style's data are at {source}")
        path = f"/tiles/{self.public_layer}/{self.tile}"
        through, direct = self.get(path, Accept_Encoding="gzip"), ask(f"http://{self.server.public}", path, Accept_Encoding="gzip")
        self.ok(through[0] == 200 and through[2] == direct[2], f"the tile is {through[0]}, of {len(through[2])} bytes and not {len(direct[2])}")
        hidden = self.get(f"/tiles/{self.staff_layer}/{self.tile}")[0]
        self.ok(hidden == 404, f"the staff layer {self.staff_layer} is {hidden}")

    def nothing_of_the_operator(self):
        for claim in ({}, {"X_Forwarded_For": "127.0.0.1"}, {"X_Forwarded_Host": "localhost"}, {"Forwarded": "for=127.0.0.1;host=localhost"}):
            status, _, body = self.get("/readyz", **claim)
            state = json.loads(body)
            extra = set(state) - {"status", "layers"}
            self.ok(status == 200 and not extra, f"/readyz is {status} and has {sorted(extra)} with {claim}")
            status = self.get("/metrics", **claim)[0]
            self.ok(status == 404, f"/metrics is {status} with {claim}")

    def access_log(self, trusted):
        marked = f"/tiles/{self.public_layer}.json?lang=en"
        _, headers, _ = self.get(marked, X_Forwarded_For="6.6.6.6", User_Agent="check")
        name = headers["X-Request-Id"]
        self.ok(name, "an answer has no X-Request-Id")
        deadline = time.monotonic() + 60
        found = None
        while found is None and time.monotonic() < deadline:
            found = next((entry for entry in self.server.entries() if entry.get("request") == name), None)
            time.sleep(0.1)
        if not self.ok(found, f"the log has no request {name}"):
            return
        expected = {"peer": "127.0.0.1", "agent": "check", "query": "lang=en", "client": CLIENT if trusted else "127.0.0.1"}
        seen = {key: found.get(key) for key in expected}
        self.ok(seen == expected, f"the log has {seen}, not {expected}")


def staff(name, server, url, port, layer, tile):
    """Through the example's staff site: from its network with staff's layers, from elsewhere not."""
    faults = []
    host = f"{proxy.STAFF_HOST}:{port}"
    answers = {
        "of staff": (ask(url, f"/tiles/{layer}.json", Host=host), 200),
        "from elsewhere": (ask(url, f"/tiles/{layer}.json", CLIENT, Host=host), 403),
        "of the operator": (ask(url, "/metrics", Host=host), 404),
    }
    for who, ((status, _, body), expected) in answers.items():
        if status != expected:
            faults.append(f"{name}: the staff site answers {status} to a request {who}: {body[:200]}")
    return faults


def behind_example(kind, server, layers):
    """An example of scripts/proxy at its root, under its path, and its staff site."""
    port = proxy.free_port()
    faults = []
    with proxy.running(kind, server.public, server.staff, port) as (url, _):
        for name, prefix in ((kind, ""), (f"{kind} under /map/", "/map")):
            seen = f"http://{proxy.PUBLIC_HOST}:{port}{prefix}"
            faults += Check(name, server, url + prefix, seen, seen, layers).run(trusted=True)
        faults += staff(kind, server, url, port, layers[1], layers[2])
    return faults


def behind_minimal(kind, server, layers):
    """A proxy of which the server is told nothing. nginx then names the server's own
    address as the host: links lead there, the page does without, and the log says so."""
    port = proxy.free_port()
    prefix = "/map" if kind == "minimal-prefix" else ""
    seen = f"http://{proxy.PUBLIC_HOST}:{port}{prefix}"
    passes_host = kind.startswith("caddy")
    with proxy.running(kind, server.public, server.staff, port) as (url, _):
        links = seen if passes_host else f"http://{server.public}"
        check = Check(kind, server, url, seen, links, layers)
        faults = check.run(trusted=False)
        # As the page asks for it.
        check.get(f"/styles/{layers[0]}.json", Referer=f"{seen}/", Accept="application/json")
    hint = "--trust-proxy" if passes_host else "proxy_set_header Host"
    deadline = time.monotonic() + 60
    warned = []
    while not warned and time.monotonic() < deadline:
        time.sleep(0.1)
        warned = [entry["message"] for entry in server.entries() if entry["level"] == "WARN" and hint in entry["message"]]
    if len(warned) != 1:
        faults.append(f"{kind}: the log names {hint!r} {len(warned)} times")
    return faults


def layers_of(server):
    """A public layer, one for staff alone, and a tile that the public one has."""
    catalogs = [json.loads(ask(f"http://{address}", "/catalog.json")[2]) for address in (server.public, server.staff)]
    public, all_ = [[layer["id"] for layer in catalog["layers"] if layer["available"]] for catalog in catalogs]
    hidden = next((layer for layer in all_ if layer not in public), None)
    if not public or not hidden:
        sys.exit("proxies: the data directory has no public layer, or none for staff alone")
    for layer in public:
        # A whole district is in one tile of the world.
        if ask(f"http://{server.public}", f"/tiles/{layer}/0/0/0")[0] == 200:
            return layer, hidden, "0/0/0"
    sys.exit("proxies: no public layer has the tile 0/0/0")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--only", choices=proxy.KINDS)
    given = parser.parse_args()
    faults, done = [], []
    for kind in [given.only] if given.only else proxy.KINDS:
        flags = []
        if kind in EXAMPLES:
            flags = ["--trust-proxy", "127.0.0.1", "--staff-url", f"http://{proxy.STAFF_HOST}"]
        with served(given.program, given.data, *flags) as server:
            layers = layers_of(server)
            behind = behind_example if kind in EXAMPLES else behind_minimal
            found = behind(kind, server, layers)
        done.append(f"{kind}: {'sound' if not found else f'{len(found)} faults'}")
        faults += found
    print("\n".join(done), file=sys.stderr)
    for fault in faults:
        print(f"proxies: {fault}", file=sys.stderr)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
