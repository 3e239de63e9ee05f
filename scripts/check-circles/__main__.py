"""Fails where files of one Rust crate, or files of TypeScript, import each other in a circle."""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from import_graph import Circle, ImportGraph
from rust_imports import crate_imports
from typescript_imports import SUFFIXES, folder_imports

# Folders that hold what others wrote or what a build made.
PRUNED = {"target", "node_modules", "dist"}
# Paths shown of each step of a circle.
SHOWN = 4
ADVICE = """\
Move the item that ties a circle into a file of its own, which imports none of these files;
or move the code that uses it to the file that may know both. A mod.rs or lib.rs that
re-exports items of its children defines nothing that these children use."""


def files_below(top: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(set(folders) - PRUNED)
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(folder, name) for name in sorted(names))


def root_files(manifest: Path) -> list[Path]:
    """Root files of a package's library, programs, examples and benchmarks; not its tests."""
    package = manifest.parent
    named = re.findall(r'^path = "(.+\.rs)"', manifest.read_text(encoding="utf-8"), re.MULTILINE)
    files = [package / "src/lib.rs", package / "src/main.rs", *(package / name for name in named)]
    for pattern in ("src/bin/*.rs", "src/bin/*/main.rs", "examples/*.rs", "benches/*.rs"):
        files += sorted(package.glob(pattern))
    return [file for file in dict.fromkeys(files) if file.is_file()]


def circles_of_package(manifest: Path) -> list[Circle]:
    graphs = [ImportGraph(crate_imports(root)) for root in root_files(manifest)]
    return [circle for graph in graphs for circle in circles(graph)]


def circles(graph: ImportGraph) -> list[Circle]:
    return [circle for component in graph.components() for circle in graph.circles(component)]


def describe(where: str, circle: Circle, top: Path) -> str:
    lines = [f"{where}: {len(circle)} files import each other in a circle"]
    for imports in circle:
        first = imports[0]
        verb = "re-exports" if all(one.is_reexport for one in imports) else "uses"
        names = list(dict.fromkeys(one.text for one in imports))
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        source, target = first.source.relative_to(top), first.target.relative_to(top)
        what = ", ".join(names[:SHOWN]) + more
        lines.append(f"  {source}:{first.line} {verb} {what} of {target}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="check-circles", description=__doc__)
    parser.add_argument("--top", type=Path, default=Path(__file__).parents[2], metavar="DIR",
                        help="checks the files below DIR instead of the repository's")
    options = parser.parse_args()
    top = options.top.resolve()
    files = list(files_below(top))
    manifests = [file for file in files if file.name == "Cargo.toml"]
    scripts = [file for file in files if file.suffix in SUFFIXES]
    # Reading is all arithmetic, so each processor takes crates of its own.
    with ProcessPoolExecutor() as pool:
        by_package = dict(zip(manifests, pool.map(circles_of_package, manifests), strict=True))
    found = [("TypeScript", circles(ImportGraph(folder_imports(scripts))))]
    for manifest, package_circles in by_package.items():
        found.append((str(manifest.parent.relative_to(top)), package_circles))
    reports = [describe(where, one, top) for where, several in found for one in several]
    if not reports:
        return 0
    print("\n\n".join([*reports, ADVICE]))
    return 1


if __name__ == "__main__":
    sys.exit(main())
