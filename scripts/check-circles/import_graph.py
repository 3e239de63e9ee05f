"""Graph of files that import each other: components, and circles to report."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True, order=True)
class Import:
    """One file's use of an item that another file defines."""

    source: Path
    target: Path
    line: int
    # The path or the specifier as written, for instance `super::Thing`.
    text: str
    # `pub use` or `export … from`: others take the item from here.
    is_reexport: bool = False


# Steps of a circle: all imports of one file by the one before it.
Circle = list[list[Import]]


class ImportGraph:
    """Files as nodes, the imports between two of them as one edge."""

    def __init__(self, imports: Iterable[Import]) -> None:
        self.edges: dict[Path, dict[Path, list[Import]]] = {}
        for one in sorted(set(imports)):
            if one.source != one.target:
                self.edges.setdefault(one.source, {}).setdefault(one.target, []).append(one)
                self.edges.setdefault(one.target, {})

    def components(self) -> list[list[Path]]:
        """Sets of two or more files of which each reaches each other, sorted."""
        found = [sorted(files) for files in self._strongly_connected() if len(files) > 1]
        return sorted(found)

    def circles(self, component: list[Path]) -> list[Circle]:
        """Shortest circles that together contain every edge of a component."""
        inside = set(component)
        covered: set[tuple[Path, Path]] = set()
        circles = []
        for source in component:
            for target in sorted(self.edges[source]):
                if target not in inside or (source, target) in covered:
                    continue
                files = [source, *self._shortest_path(target, source, inside)]
                steps = list(pairwise(files))
                covered.update(steps)
                circles.append([self.edges[a][b] for a, b in steps])
        return sorted(circles, key=lambda circle: (len(circle), circle))

    def _shortest_path(self, start: Path, end: Path, inside: set[Path]) -> list[Path]:
        """Files from `start` to `end`, both included."""
        before: dict[Path, Path] = {}
        queue = deque([start])
        while queue:
            file = queue.popleft()
            if file == end:
                break
            for following in sorted(self.edges[file]):
                if following in inside and following != start and following not in before:
                    before[following] = file
                    queue.append(following)
        path = [end]
        while path[-1] != start:
            path.append(before[path[-1]])
        return path[::-1]

    def _strongly_connected(self) -> Iterator[list[Path]]:
        """Tarjan's algorithm with a stack of its own, as chains of files may be long."""
        index: dict[Path, int] = {}
        lowest: dict[Path, int] = {}
        stack: list[Path] = []
        on_stack: set[Path] = set()
        for root in self.edges:
            if root in index:
                continue
            work = [(root, iter(self.edges[root]))]
            while work:
                file, rest = work[-1]
                if file not in index:
                    index[file] = lowest[file] = len(index)
                    stack.append(file)
                    on_stack.add(file)
                for following in rest:
                    if following not in index:
                        work.append((following, iter(self.edges[following])))
                        break
                    if following in on_stack:
                        lowest[file] = min(lowest[file], index[following])
                else:
                    work.pop()
                    if work:
                        parent = work[-1][0]
                        lowest[parent] = min(lowest[parent], lowest[file])
                    if lowest[file] == index[file]:
                        members = stack[stack.index(file):]
                        del stack[stack.index(file):]
                        on_stack.difference_update(members)
                        yield members
