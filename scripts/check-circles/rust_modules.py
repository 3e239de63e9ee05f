"""Modules of one Rust crate: their files, items, `use` declarations and other paths."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rust_tokens import Token, end_of_group, read_tokens

_DEFINING = {"struct", "enum", "union", "trait", "type", "const", "static", "fn"}
# Words that may stand before the word that tells the kind of an item.
_QUALIFIERS = {"async", "unsafe", "default", "auto", "safe", "const", "extern"}
# Items that end with a semicolon even where they hold braces.
_TO_SEMICOLON = {"const", "static", "type", "use", "let"}
_NO_PATH = {"as", "break", "continue", "dyn", "else", "if", "impl", "in", "let", "loop", "match"}
_NO_PATH |= {"move", "mut", "pub", "ref", "return", "unsafe", "where", "while", "for", "true"}
_NO_PATH |= {"false", "async", "await", "extern", "box", "yield", "_"} | _DEFINING
# Arguments of serde's attributes that are strings and hold a path.
_SERDE_PATHS = {"with", "serialize_with", "deserialize_with", "default", "skip_serializing_if"}
_SERDE_PATHS |= {"from", "into", "try_from", "remote", "getter"}

Path_ = tuple[str, ...]


@dataclass(frozen=True)
class UsePath:
    """One leaf of a `use` tree, or a path in code."""

    segments: Path_
    line: int
    # `pub use`: others take the item from here.
    is_reexport: bool = False

    def __str__(self) -> str:
        return "::".join(self.segments)


@dataclass(eq=False)
class Module:
    """A module with the file that holds its text, which several may share."""

    file: Path
    parent: "Module | None"
    # Folder in which files of its child modules are looked for.
    folder: Path
    children: dict[str, "Module"] = field(default_factory=dict)
    items: set[str] = field(default_factory=set)
    macros: set[str] = field(default_factory=set)
    # Names that `use` declarations bring in, with the path of each.
    names: dict[str, list[UsePath]] = field(default_factory=dict)
    globs: list[UsePath] = field(default_factory=list)
    # All leaves of `use` declarations, those in functions too.
    uses: list[UsePath] = field(default_factory=list)
    paths: list[UsePath] = field(default_factory=list)

    @property
    def root(self) -> "Module":
        return self if self.parent is None else self.parent.root

    def subtree(self) -> Iterator["Module"]:
        yield self
        for child in self.children.values():
            yield from child.subtree()


def read_crate(root_file: Path) -> Module:
    """Reads a crate's root file and all that its `mod` declarations name."""
    root = Module(root_file, None, root_file.parent)
    _ModuleReader(root, read_tokens(root_file)).read()
    return root


class _ModuleReader:
    """Reads the tokens of one file, or those between the braces of `mod name { … }`."""

    def __init__(self, module: Module, tokens: list[Token], inline: bool = False) -> None:
        self.module = module
        self.tokens = tokens
        self.inline = inline

    def read(self) -> None:
        index = 0
        while index < len(self.tokens):
            index = self._item(index)

    def is_for_tests(self) -> bool:
        """Whether the file begins with `#![cfg(test)]`."""
        is_inner = self._text(1) == "!"
        return is_inner and any(_is_test(one) for one in self._attributes(0)[1])

    def _text(self, index: int) -> str:
        return self.tokens[index].text if index < len(self.tokens) else ""

    def _item(self, start: int) -> int:
        """Reads the item at `start`, with its attributes; returns the index after it."""
        after_attributes, attributes = self._attributes(start)
        index = self._after_visibility(after_attributes)
        while self._text(index) in _QUALIFIERS and self._is_qualifier(index):
            index += 2 if self.tokens[index + 1].kind == "string" else 1
        end = max(self._end_of_item(index), index + 1)
        if any(_is_test(one) for one in attributes):
            return end
        for one in attributes:
            self._attribute_paths(one)
        word = self._text(index)
        if word == "mod" and self._text(index + 2) in {";", "{"}:
            self._module(index, end, attributes)
        elif word == "use":
            self._use(index, end, is_reexport=index > after_attributes)
        elif word in _DEFINING or word == "macro_rules":
            self._definition(index, end)
        else:
            self._body(index, end)
        return end

    def _is_qualifier(self, index: int) -> bool:
        """Whether `const`, `unsafe` … stands before `fn`, `impl`, `trait` or the like."""
        following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
        if following is None:
            return False
        if following.kind == "string":
            return self._text(index + 2) in {"fn", "{"} or self._text(index + 2) in _QUALIFIERS
        return following.text in {"fn", "impl", "trait", "mod"} | _QUALIFIERS

    def _attributes(self, index: int) -> tuple[int, list[list[Token]]]:
        found = []
        while self._text(index) == "#" and self._text(index + 1) in {"[", "!"}:
            opening = index + 1 if self._text(index + 1) == "[" else index + 2
            end = end_of_group(self.tokens, opening)
            found.append(self.tokens[opening + 1:end - 1])
            index = end
        return index, found

    def _after_visibility(self, index: int) -> int:
        if self._text(index) != "pub":
            return index
        return end_of_group(self.tokens, index + 1) if self._text(index + 1) == "(" else index + 1

    def _end_of_item(self, index: int) -> int:
        """Index after the semicolon or the braces that end the item at `index`."""
        to_semicolon = self._text(index) in _TO_SEMICOLON
        while index < len(self.tokens):
            token = self.tokens[index]
            if token.kind == "sign" and token.text in {"(", "[", "{"}:
                index = end_of_group(self.tokens, index)
                if token.text == "{" and not to_semicolon:
                    return index + 1 if self._text(index) == ";" else index
                continue
            if token.kind == "sign" and token.text in {";", "}"}:
                return index + 1 if token.text == ";" else index
            index += 1
        return index

    def _definition(self, index: int, end: int) -> None:
        name_at = index + 1
        while self._text(name_at) in {"!", "mut"}:
            name_at += 1
        name = self._text(name_at)
        if self._text(index) == "macro_rules":
            self.module.macros.add(name)
        elif name != "_":
            self.module.items.add(name)
        self._body(name_at + 1, end)

    def _module(self, index: int, end: int, attributes: list[list[Token]]) -> None:
        name = self._text(index + 1)
        named_path = _path_attribute(attributes)
        if self._text(index + 2) == "{":
            folder = self.module.folder / (named_path or name)
            child = Module(self.module.file, self.module, folder)
            self.module.children[name] = child
            _ModuleReader(child, self.tokens[index + 3:end - 1], inline=True).read()
            return
        file = self._file_of(name, named_path)
        if file is None or file.name == "tests.rs":
            return
        folder = file.parent if named_path or file.name == "mod.rs" else file.parent / file.stem
        tokens = read_tokens(file)
        child = Module(file, self.module, folder)
        reader = _ModuleReader(child, tokens)
        if reader.is_for_tests():
            return
        self.module.children[name] = child
        reader.read()

    def _file_of(self, name: str, named_path: str | None) -> Path | None:
        if named_path:
            base = self.module.folder if self.inline else self.module.file.parent
            choices = [base / named_path]
        else:
            choices = [self.module.folder / f"{name}.rs", self.module.folder / name / "mod.rs"]
        return next((file for file in choices if file.is_file()), None)

    def _use(
        self, index: int, end: int, is_reexport: bool = False, in_function: bool = False
    ) -> None:
        for segments, name, line in _leaves(self.tokens[index + 1:end - 1]):
            if not segments:
                continue
            leaf = UsePath(segments, line, is_reexport)
            self.module.uses.append(leaf)
            if segments[-1] == "*":
                self.module.globs.append(UsePath(segments[:-1], line))
            elif name != "_" and not (in_function and name in self.module.names):
                self.module.names.setdefault(name, []).append(leaf)

    def _body(self, index: int, end: int) -> None:
        """Collects the paths of code; leaves out what only tests compile."""
        while index < end:
            token = self.tokens[index]
            if token.text == "#" and self._text(index + 1) in {"[", "!"}:
                index = self._attributed_code(index)
            elif token.text == "use" and self._text(index + 1) != "<" and token.kind == "word":
                after = self._end_of_item(index)
                self._use(index, after, in_function=True)
                index = after
            elif token.kind == "word" and token.text not in _NO_PATH:
                index = self._path(index, end)
            else:
                index += 1

    def _attributed_code(self, index: int) -> int:
        after, attributes = self._attributes(index)
        for one in attributes:
            if _is_test(one):
                return self._end_of_attributed(after)
            self._attribute_paths(one)
        return after

    def _end_of_attributed(self, index: int) -> int:
        """Index after an item, field, arm or statement within braces."""
        index = self._after_visibility(index)
        if self._text(index) in _DEFINING | _QUALIFIERS | {"use", "let", "impl", "mod"}:
            return self._end_of_item(index)
        while index < len(self.tokens):
            text = self._text(index)
            if text in {"(", "[", "{"}:
                index = end_of_group(self.tokens, index)
                if text == "{" and self._text(index) not in {",", ";", "."}:
                    return index
            elif text in {")", "]", "}"}:
                return index
            else:
                index += 1
                if text in {",", ";"}:
                    return index
        return index

    def _path(self, index: int, end: int) -> int:
        """Reads `a::b::C` and returns the index after it."""
        before = self._text(index - 1) if index else ""
        line = self.tokens[index].line
        segments = [self._text(index)]
        index += 1
        while self._text(index) == "::" and index + 1 < end:
            if self.tokens[index + 1].kind != "word":
                break
            segments.append(self._text(index + 1))
            index += 2
        following = self._text(index)
        is_macro = following == "!" and self._text(index + 1) in {"(", "[", "{"}
        is_field = len(segments) == 1 and following == ":"
        # `.name` is a field or a method, `::name` the rest of `<T as Trait>::name`.
        if before not in {".", "::"} and not is_field:
            if is_macro:
                segments[-1] += "!"
            self.module.paths.append(UsePath(tuple(segments), line))
        return index

    def _attribute_paths(self, attribute: list[Token]) -> None:
        if not attribute or attribute[0].text != "serde":
            return
        for index, value in enumerate(attribute[2:]):
            key, sign, _ = attribute[index:index + 3]
            if key.text in _SERDE_PATHS and sign.text == "=" and value.kind == "string":
                segments = tuple(value.text.strip('"').split("<")[0].split("::"))
                self.module.paths.append(UsePath(segments, value.line))


def _is_test(attribute: list[Token]) -> bool:
    """`#[test]`, or a `cfg` that holds in tests alone."""
    words = [token.text for token in attribute if token.kind == "word"]
    if words[:1] == ["cfg"]:
        return words[1:] == ["test"] or words[1:3] == ["all", "test"]
    return words[-1:] == ["test"] and len(attribute) <= 3


def _path_attribute(attributes: list[list[Token]]) -> str | None:
    for one in attributes:
        if [token.text for token in one[:2]] == ["path", "="]:
            return one[2].text.strip('"')
    return None


def _leaves(tree: list[Token]) -> Iterator[tuple[Path_, str, int]]:
    """Paths of a `use` tree, each with the name that it gets; a glob ends with `*`."""
    prefix: list[str] = []
    index = 0
    line = tree[0].line if tree else 0
    while index < len(tree) and (tree[index].kind == "word" or tree[index].text == "::"):
        if tree[index].text == "as":
            break
        if tree[index].text != "::":
            prefix.append(tree[index].text)
            line = tree[index].line
        elif index == 0:
            # `::name` is another crate.
            prefix.append("")
        index += 1
    rest = tree[index:]
    if not rest:
        segments = _without_self(prefix)
        yield segments, segments[-1], line
    elif rest[0].text == "as":
        yield _without_self(prefix), rest[1].text, line
    elif rest[0].text == "*":
        yield (*prefix, "*"), "*", rest[0].line
    elif rest[0].text == "{":
        for part in _split_at_commas(rest[1:-1]):
            for segments, name, at in _leaves(part):
                whole = (*prefix, *segments)
                if segments == ("self",) and prefix:
                    yield tuple(prefix), prefix[-1] if name == "self" else name, at
                else:
                    yield whole, name, at


def _without_self(segments: list[str]) -> Path_:
    """`a::self` is `a`; a lone `self` stays."""
    return tuple(segments[:-1] if len(segments) > 1 and segments[-1] == "self" else segments)


def _split_at_commas(tokens: list[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    depth = 0
    for token in tokens:
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if token.text == "," and depth == 0:
            if part:
                yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part
