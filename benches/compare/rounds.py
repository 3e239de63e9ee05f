"""Runs servers in turns, and summarises the runs.

A B A B …, the order turned round each time; the first round is dropped. What
counts are the ratios within a round: a busy machine slows both sides of it.
"""

import statistics

from .load import CONNECTIONS, load
from .process import say

# A run that ends by its answers should still last this long.
LEAST_SECONDS = 2.0


class Plan:
    """Number of rounds, and seconds of a run."""

    def __init__(self, rounds, seconds):
        self.rounds = rounds
        self.seconds = seconds

    @property
    def words(self):
        return f"{self.rounds} interleaved rounds after one that was dropped, {CONNECTIONS} connections"


def take_turns(plan, sides, whole_passes=False):
    """Runs of each side, round by round.

    `sides` are pairs of a server and a file of paths. A run lasts for the plan's
    seconds; with `whole_passes`, or for a server that is too slow to get through the
    paths in that time, it asks for each path equally often instead.
    """
    passes = {server.name: 1 for server, _ in sides} if whole_passes else {}
    found = []
    for number in range(plan.rounds + 1):
        this = {}
        for server, listing in sides if number % 2 == 0 else reversed(sides):
            name = server.name
            count = len(listing.read_text().splitlines())
            if name in passes:
                run = load(server, listing, answers=count * passes[name])
            else:
                run = load(server, listing, seconds=plan.seconds)
            if number == 0:
                # Of the round that is dropped: how many passes fit.
                if name in passes:
                    least = min(LEAST_SECONDS, plan.seconds)
                    passes[name] = max(1, round(run.requests_per_second * least / count))
                elif run.requests_per_second * plan.seconds < 2 * count:
                    passes[name] = 1
            this[name] = run
        say(f"  round {number}: " + ", ".join(f"{name} {run.requests_per_second:.1f}/s" for name, run in sorted(this.items())))
        found.append(this)
    return found[1:]


def side(rounds, name):
    """The medians of one server's runs."""
    median = lambda of: statistics.median(getattr(found[name], of) for found in rounds)
    return {
        "requests_per_second": figure(median("requests_per_second")),
        "cpu_us_per_request": figure(median("cpu_us")),
        "database_cpu_us_per_request": figure(median("database_cpu_us")),
        "p50_ms": figure(median("p50_ms")),
        "p99_ms": figure(median("p99_ms")),
        "bytes_per_answer": round(median("bytes")),
        "memory_bytes": max(found[name].memory for found in rounds),
    }


def ratio(rounds, name, peer):
    """Median and range of the requests that `name` answers, as a multiple of the peer's."""
    return spread(found[name].requests_per_second / found[peer].requests_per_second for found in rounds)


def spread(values):
    """Median and range."""
    values = sorted(values)
    return {"median": figure(statistics.median(values)), "range": [figure(values[0]), figure(values[-1])]}


def figure(value):
    """Rounds to four significant digits."""
    return float(f"{value:.4g}")
