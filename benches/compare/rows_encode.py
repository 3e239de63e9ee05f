"""P5: the encoder in process beside the `mvt` crate, as the criterion bench measures it."""

import json
import re

from .process import BenchError, run, say
from .rounds import figure

# What the bench calls its inputs, and how many features they have.
INPUTS = (("10000 points x 5", "10,000 points with 5 attributes", 10_000), ("500 polygons x 100", "500 polygons of 100 vertices with 5 attributes", 500))
# The line in which the bench reports both sides measured in turn.
IN_TURN = re.compile(r"mvt crate [\d.]+ ns a feature: ([\d.]+) times")


def p5(bench):
    """A row for each input."""
    say("P5: cargo bench encode")
    quick = ["--measurement-time", "0.5", "--warm-up-time", "0.2"] if bench.quick else []
    out = run([bench.tools["encode"], "--bench", *quick], env=bench.environment(CRITERION_HOME=bench.work / "criterion"), merged=True)
    times = IN_TURN.findall(out)
    if len(times) != len(INPUTS):
        raise BenchError(f"the encode bench said nothing of {len(INPUTS)} inputs: {out[-500:]}")
    rows = []
    for (name, words, features), times in zip(INPUTS, times):
        found = {kind: estimate(bench.work / "criterion", f"encode/{name}/bytes", kind) for kind in ("feature table", "mvt crate")}
        sides = {}
        for side, kind in (("ours", "feature table"), ("mvt crate", "mvt crate")):
            seconds, size = found[kind]
            sides[side] = {"ns_per_feature": figure(seconds * 1e9 / features)}
            # The bench counts our bytes; the crate's differ by how keys are kept.
            sides[side]["megabytes_per_second"] = figure(size / seconds / 1e6)
        rows.append(
            {
                "id": "P5",
                "work": f"encode in process: {words}",
                "peer": "mvt crate",
                "sides": sides,
                "ratio": {"median": float(times)},
                "wanted": [{"what": "megabytes_per_second", "at_least": 500}],
                "megabytes_per_second": sides["ours"]["megabytes_per_second"],
            }
        )
    return rows


def estimate(folder, group, function):
    """Median seconds and the bytes of one iteration, as criterion wrote them."""
    for file in folder.glob("*/*/new/benchmark.json"):
        about = json.loads(file.read_text())
        if (about["group_id"], about["function_id"]) == (group, function):
            median = json.loads(file.with_name("estimates.json").read_text())["median"]
            return median["point_estimate"] / 1e9, about["throughput"]["Bytes"]
    raise BenchError(f"criterion wrote nothing of {group}/{function}")
