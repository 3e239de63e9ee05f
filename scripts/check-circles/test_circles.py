"""Circles of made-up graphs, and the program as a whole."""

import itertools
import random
import subprocess
import sys
import unittest
from pathlib import Path

from import_graph import Import, ImportGraph
from made_up import MadeUpFiles


def graph_of(*arrows: str) -> ImportGraph:
    """A graph of arrows such as `ab`: file a imports file b."""
    return ImportGraph(Import(Path(one[0]), Path(one[1]), 1, one) for one in arrows)


def circles_of(graph: ImportGraph) -> list[str]:
    circles = [one for component in graph.components() for one in graph.circles(component)]
    return ["".join(str(imports[0].source) for imports in circle) for circle in circles]


class Circles(unittest.TestCase):
    def test_a_graph_without_circles_has_none(self) -> None:
        self.assertEqual(circles_of(graph_of("ab", "bc", "ac", "dc")), [])

    def test_a_file_that_uses_itself_is_no_circle(self) -> None:
        self.assertEqual(circles_of(graph_of("aa")), [])

    def test_two_files(self) -> None:
        self.assertEqual(circles_of(graph_of("ab", "ba", "cb")), ["ab"])

    def test_components_are_apart(self) -> None:
        self.assertEqual(circles_of(graph_of("ab", "bc", "ca", "ad", "de", "ed")), ["abc", "de"])

    def test_every_edge_of_a_component_is_in_a_circle(self) -> None:
        self.assertEqual(circles_of(graph_of("ab", "bc", "ca", "cb")), ["cb", "abc"])

    def test_components_are_the_files_that_reach_each_other(self) -> None:
        draw = random.Random(7)
        files = "abcdefgh"
        for _ in range(300):
            arrows = [a + b for a, b in itertools.permutations(files, 2) if draw.random() < 0.16]
            reach = {(one[0], one[1]) for one in arrows}
            for middle, a, b in itertools.product(files, repeat=3):
                if (a, middle) in reach and (middle, b) in reach:
                    reach.add((a, b))
            together = {
                tuple(Path(b) for b in files if b == a or (a, b) in reach and (b, a) in reach)
                for a in files
            }
            expected = sorted(list(group) for group in together if len(group) > 1)
            self.assertEqual(graph_of(*arrows).components(), expected, arrows)


class Program(MadeUpFiles):
    def run_on(self, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
        self.write(files)
        program = [sys.executable, str(Path(__file__).parent), "--top", str(self.top)]
        return subprocess.run(program, capture_output=True, text=True, check=False)

    def test_a_parent_and_its_child_that_use_each_other(self) -> None:
        files = {
            "one/Cargo.toml": "",
            "one/src/lib.rs": "mod a;\nfn f() { a::g() }\npub struct Own;",
            "one/src/a.rs": "use crate::Own;\npub fn g() {}",
        }
        outcome = self.run_on(files)
        self.assertEqual(outcome.returncode, 1)
        self.assertIn("one: 2 files import each other", outcome.stdout)
        self.assertIn("  one/src/a.rs:1 uses crate::Own of one/src/lib.rs", outcome.stdout)
        self.assertIn("  one/src/lib.rs:2 uses a::g of one/src/a.rs", outcome.stdout)
        self.assertIn("a file of its own", outcome.stdout)

    def test_type_script(self) -> None:
        outcome = self.run_on({
            "page/a.ts": 'import type { B } from "./b.ts";',
            "page/b.ts": '\nexport { a } from "./a.ts";',
            "node_modules/c.ts": 'import "./d.ts";',
            "node_modules/d.ts": 'import "./c.ts";',
        })
        self.assertEqual(outcome.returncode, 1)
        self.assertIn('  page/b.ts:2 re-exports "./a.ts" of page/a.ts', outcome.stdout)
        self.assertNotIn("node_modules", outcome.stdout)

    def test_the_tests_of_a_package_are_not_read(self) -> None:
        circle = {"tests/main.rs": "mod a; mod b;", "tests/a.rs": "use crate::b::B; pub struct A;"}
        circle |= {"tests/b.rs": "use crate::a::A; pub struct B;", "Cargo.toml": ""}
        self.assertEqual(self.run_on(circle).returncode, 0)
        program = {name.replace("tests/", "src/"): text for name, text in circle.items()}
        self.assertEqual(self.run_on(program).returncode, 1)
