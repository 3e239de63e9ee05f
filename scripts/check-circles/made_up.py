"""Small folders of files for tests."""

import tempfile
import unittest
from pathlib import Path

from import_graph import Import


class MadeUpFiles(unittest.TestCase):
    """A test with a folder of its own, which is removed afterwards."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name).resolve()

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def arrows(self, imports: list[Import]) -> set[str]:
        """Imports as `user -> used`, without folder and suffix of the made-up files."""
        return {f"{self.name(one.source)} -> {self.name(one.target)}" for one in imports}

    def name(self, file: Path) -> str:
        return str(file.relative_to(self.top).with_suffix(""))
