"""Imports of made-up TypeScript files."""

import unittest

from made_up import MadeUpFiles
from typescript_imports import folder_imports, specifiers


class Specifiers(unittest.TestCase):
    def assert_specifiers(self, text: str, *expected: tuple[str, int, bool]) -> None:
        self.assertEqual(list(specifiers(text)), list(expected))

    def test_all_forms_of_import(self) -> None:
        self.assert_specifiers(
            'import "./a";\nimport b from "./b";\nimport * as c from \'./c\';\n'
            'import {\n  type D,\n  e as f,\n} from "./d";\nimport type { G } from "./g";\n'
            'const h = await import("./h");\nlet i: import("./i").I;\nimport j, { k } from "./j";',
            ("./a", 1, False), ("./b", 2, False), ("./c", 3, False), ("./d", 4, False),
            ("./g", 8, False), ("./h", 9, False), ("./i", 10, False), ("./j", 11, False),
        )

    def test_exports_from(self) -> None:
        self.assert_specifiers(
            'export * from "./a";\nexport * as b from "./b";\nexport { c, d as e } from "./c";\n'
            'export type { F } from "./f";\nexport { g };\nconst from = "./h";\n'
            'export const i = "./i";\nexport default "./j";\nexport function from() { "./k"; }',
            ("./a", 1, True), ("./b", 2, True), ("./c", 3, True), ("./f", 4, True),
        )

    def test_what_only_looks_like_an_import(self) -> None:
        self.assert_specifiers(
            '// import "./a";\n/* import "./b"; */\nconst c = `import "./c"`;\n'
            'const d = \'import "./d"\';\nconst e = /import "[/]e"/;\nimport.meta.url;\n'
            'x.import("./f");\nconst g = 4 / 2; import "./g"; const h = 1 / 3;',
            ("./g", 8, False),
        )


class Resolution(MadeUpFiles):
    def test_as_a_bundler_does(self) -> None:
        self.write({
            "a.ts": 'import "./b"; import "./c.js"; import "./d"; import "ol"; import "./x.css";',
            "b.ts": 'import "./a.ts";',
            "c.ts": "",
            "d/index.ts": 'import "../c"; import "./index.ts";',
            "x.css": "",
        })
        imports = list(folder_imports(self.top.rglob("*.ts")))
        self.assertEqual(
            self.arrows(imports), {"a -> b", "b -> a", "a -> c", "a -> d/index", "d/index -> c"}
        )
