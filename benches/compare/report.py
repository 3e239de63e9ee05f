"""Writes the measurements: report.json with all of them, report.md as a summary."""

import json
import os
import platform
from pathlib import Path

from .plot import plot

# What a figure of a row is called, and its unit.
WORDS = {
    "ratio": "requests a second, times the peer's",
    "time_ratio": "time, times the peer's",
    "bytes_ratio": "bytes of all tiles, times the peer's",
    "megabytes_per_second": "MB/s",
    "bytes_per_feature": "bytes a feature",
    "start_seconds": "s",
}
COLUMNS = (
    ("requests_per_second", "requests/s", 1),
    ("cpu_us_per_request", "CPU µs a request", 1),
    ("database_cpu_us_per_request", "database CPU µs", 1),
    ("p50_ms", "p50 ms", 1),
    ("p99_ms", "p99 ms", 1),
    ("bytes_per_answer", "bytes an answer", 1),
    ("memory_bytes", "memory MB", 1e-6),
    ("seconds", "seconds", 1),
    ("ns_per_feature", "ns a feature", 1),
    ("megabytes_per_second", "MB/s", 1),
)


def machine():
    """CPU, memory, kernel and load of the machine."""
    cpu = next((line.split(":", 1)[1].strip() for line in read("/proc/cpuinfo").splitlines() if line.startswith("model name")), platform.machine())
    memory = next((int(line.split()[1]) for line in read("/proc/meminfo").splitlines() if line.startswith("MemTotal")), 0)
    return {"cpu": cpu, "cores": os.cpu_count(), "memory_gb": round(memory / 1e6), "kernel": platform.release(), "load_before": round(os.getloadavg()[0], 2)}


def read(path):
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def verdict(row):
    """Targets of a row: name, figure, target, and whether the figure meets the target."""
    found = []
    for target in row.get("wanted", []):
        value = row.get(target["what"])
        if isinstance(value, dict):
            value = value.get("of_all", value["median"])
        if value is None:
            continue
        least, most = target.get("at_least"), target.get("at_most")
        met = value >= least if least is not None else value <= most
        found.append((target["what"], value, f"≥ {least}" if least is not None else f"≤ {most}", met))
    return found


def write(folder, result):
    """Writes the report and its plots into a folder; the summary as text."""
    folder.mkdir(parents=True, exist_ok=True)
    for row in result["rows"]:
        row["met"] = all(met for *_, met in verdict(row)) if verdict(row) else None
    (folder / "report.json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    drawn = [curve for curve in result["curves"] if plot(folder / "plots" / f"{curve['name']}.svg", curve["title"], curve["x"], curve["y"], curve["series"].items())]
    summary = summed_up(result)
    lines = ["# Report", "", *opening(result), "", "## Summary", "", *summary, ""]
    for row in result["rows"]:
        lines += [f"## {row['id']}: {row['work']}", "", *detail(row), ""]
    if drawn:
        lines += ["## How cost grows", "", "Both axes are logarithmic. The points are in `report.json`.", ""]
        for curve in drawn:
            lines += [f"![{curve['title']}](plots/{curve['name']}.svg)", ""]
    if result["notes"]:
        lines += ["## Not measured", "", *[f"- {note}" for note in result["notes"]], ""]
    (folder / "report.md").write_text("\n".join(lines).rstrip() + "\n")
    return "\n".join(summary)


def opening(result):
    machine, versions = result["machine"], result["versions"]
    return [
        f"Written by `scripts/bench`: {result['method']}.",
        "What counts is the ratio of a round's two sides; the other figures are this machine's.",
        "",
        f"Machine: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, Linux {machine['kernel']};"
        f" load {machine['load_before']} before the run.",
        "Versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
    ]


def summed_up(result):
    lines = ["| | work | beside | figure | range | wanted | met |", "|---|---|---|---|---|---|---|"]
    for row in result["rows"]:
        targets = verdict(row) or ([("ratio", row["ratio"]["median"], "–", None)] if "ratio" in row else [])
        for what, value, wanted, met in targets:
            spread = row[what].get("range") if isinstance(row[what], dict) else None
            between = f"{spread[0]:g}–{spread[1]:g}" if spread else "–"
            said = {True: "yes", False: "**no**", None: "–"}[met]
            lines.append(f"| {row['id']} | {row['work']} | {row['peer']} | {value:g} {unit(what)} | {between} | {wanted} | {said} |")
    return lines


def unit(what):
    return {"ratio": "×", "time_ratio": "× its time", "bytes_ratio": "× its bytes"}.get(what, WORDS[what])


def detail(row):
    """Table of a row's sides, and the findings of the comparison before the timing."""
    sides = row["sides"]
    columns = [column for column in COLUMNS if any(side.get(column[0]) for side in sides.values())]
    lines = ["| | " + " | ".join(words for _, words, _ in columns) + " |", "|---|" + "---|" * len(columns)]
    for name, side in sides.items():
        cells = [thousands(side[key] * scale) if side.get(key) else "–" for key, _, scale in columns]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    facts = []
    for key in ("ratio", "time_ratio"):
        if "range" in row.get(key, {}):
            facts.append(f"{WORDS[key]}: {row[key]['median']:g} (rounds: {row[key]['range'][0]:g}–{row[key]['range'][1]:g}).")
    for key, words in (("ratio_to_martin", "ours beside martin"), ("martin_to_nginx", "martin beside nginx"), ("tileserver-gl_to_nginx", "tileserver-gl beside nginx")):
        if key in row:
            facts.append(f"{words}: {row[key]['median']:g} times as many requests a second.")
    if "bytes_ratio" in row:
        found = row["bytes_ratio"]
        facts.append(f"Bytes beside martin's: {found['of_all']:g} over all tiles; tile by tile {found['range'][0]:g}–{found['range'][1]:g}, median {found['median']:g}.")
    if "bytes_per_feature" in row:
        facts.append(f"{row['features']:,} features take {row['bytes_per_feature']:g} bytes of memory each.")
    for name, counts in row.get("answers", {}).items():
        facts.append(f"{name} answers {counts['layers']:,} layers, {counts['features']:,} features ({counts['ids']:,} with id) and {counts['attributes']:,} attributes in {counts['mean_body_bytes']:,} bytes a tile.")
    facts += row.get("facts", [])
    if "tiles" in row:
        facts.append(f"Asked for: {row['tiles']:,} different URLs.")
    return lines + ([""] if facts else []) + [f"- {fact[0].upper()}{fact[1:]}" for fact in facts]


def thousands(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
