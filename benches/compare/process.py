"""Processes under measurement: start, readiness, CPU and memory, stop.

A program gets a session of its own, so that Ctrl-C reaches this one alone, which
then stops them in order.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """Reason for ending a run, with the remedy."""


class Unavailable(BenchError):
    """Measurement that the environment does not allow; no answer is at fault."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def run(command, merged=False, **options):
    """Runs a program to its end; its output, with its errors where `merged`."""
    words = [str(word) for word in command]
    errors = subprocess.STDOUT if merged else subprocess.PIPE
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=errors, text=True, errors="replace", **options)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise BenchError(f"{words[0]} ended with {done.returncode}: {said}")
    return done.stdout


@contextlib.contextmanager
def running(command, log, **options):
    """Runs a program while the block runs; yields its process. `log` receives the output."""
    with open(log, "wb") as out:
        words = [str(word) for word in command]
        process = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True, **options)
    try:
        yield process
    finally:
        stop(process)


def stop(process):
    """Ends a process and all that it started."""
    for how, patience in ((signal.SIGTERM, 15), (signal.SIGKILL, 15)):
        # The leader of a session of its own: nothing else is in the group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(patience)
            break
        except subprocess.TimeoutExpired:
            continue


def wait_for(url, process, log, seconds=60):
    """Waits until the URL answers with a status below 500."""
    deadline = time.monotonic() + seconds
    why = "no answer"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise BenchError(f"{process.args[0]} ended with {process.returncode}: {tail(log)}")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status < 500:
                    return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
            why = f"{error.code} {error.read()[:200].decode(errors='replace')}"
        except OSError as error:
            why = str(error)
        time.sleep(0.05)
    raise Unavailable(f"not ready after {seconds} s: {why}")


def tail(log):
    return Path(log).read_text(errors="replace")[-600:].strip()


def children(pid):
    """Running child processes of a process."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(after_name(stat.read_text())[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def after_name(stat):
    """The words of /proc/PID/stat after the program's name (proc(5): from field 3)."""
    return stat.rsplit(")", 1)[1].split()


def cpu_seconds(pids, with_ended=False):
    """User and system time of processes so far; with that of children that ended."""
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            words = after_name(Path(f"/proc/{pid}/stat").read_text())
            ticks += sum(int(word) for word in words[11 : 15 if with_ended else 13])
    return ticks / TICKS


def resident_bytes(pids):
    """Resident memory; shared pages are divided among processes if the system reports it."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += proportional(pid) or field(f"/proc/{pid}/status", "VmRSS:")
    return total


def proportional(pid):
    with contextlib.suppress(OSError):
        return field(f"/proc/{pid}/smaps_rollup", "Pss:")
    return None


def field(path, name):
    for line in Path(path).read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0
