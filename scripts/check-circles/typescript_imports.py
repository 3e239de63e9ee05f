"""Imports between TypeScript and JavaScript files, resolved as a bundler does."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from import_graph import Import

SUFFIXES = (".ts", ".tsx", ".mts", ".mjs", ".js", ".jsx")

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|//[^\n]*|/\*(?s:.*?)\*/)
    | (?P<string>"(?:[^"\\\n]|\\(?s:.))*"|'(?:[^'\\\n]|\\(?s:.))*')
    | (?P<template>`(?:[^`\\]|\\(?s:.))*`)
    | (?P<word>[A-Za-z_$][\w$]*)
    | (?P<slash>/)
    | (?P<sign>(?s:.))
    """,
    re.VERBOSE,
)
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
# A slash after one of these opens a regular expression; elsewhere it divides.
_BEFORE_PATTERN = {"", "(", ",", "=", ":", "[", "!", "&", "|", "?", "{", "}", ";", ">", "+"}
_BEFORE_PATTERN |= {"return", "typeof", "case", "of", "in"}
# What stands between `import` or `export` and `from`.
_CLAUSE = {"{", "}", ",", "*"}

_Token = tuple[str, str, int]


def folder_imports(files: Iterable[Path]) -> Iterator[Import]:
    """Imports of these files that lead to others of them."""
    known = set(files)
    for file in sorted(known):
        for specifier, line, is_reexport in specifiers(file.read_text(encoding="utf-8")):
            target = _resolve(file, specifier, known)
            if target is not None and target != file:
                yield Import(file, target, line, f'"{specifier}"', is_reexport)


def specifiers(text: str) -> Iterator[tuple[str, int, bool]]:
    """Specifiers with their lines; true for those of `export … from`."""
    tokens = list(_tokens(text))
    for index, (kind, word, line) in enumerate(tokens):
        if kind != "word" or word not in {"import", "export"}:
            continue
        if index and tokens[index - 1][1] == ".":
            continue
        following = index + 1
        next_kind, next_word, _ = tokens[following] if following < len(tokens) else ("", "", 0)
        if word == "import" and next_word == "(":
            following += 1
        elif word == "export" or next_kind != "string":
            following = _after_from(tokens, following)
        if following < len(tokens) and tokens[following][0] == "string":
            yield tokens[following][1][1:-1], line, word == "export"


def _after_from(tokens: list[_Token], index: int) -> int:
    """Index after the `from` of a clause; past the end where the clause has none."""
    while index < len(tokens):
        kind, text, _ = tokens[index]
        if text == "from" and tokens[index + 1:index + 2] and tokens[index + 1][0] == "string":
            return index + 1
        # Names in quotation marks are allowed in braces.
        if kind == "sign" and text not in _CLAUSE:
            break
        index += 1
    return len(tokens)


def _tokens(text: str) -> Iterator[_Token]:
    position, line, before = 0, 1, ""
    while match := _TOKEN.match(text, position):
        kind = match.lastgroup or ""
        if kind == "slash" and before in _BEFORE_PATTERN:
            match = _PATTERN.match(text, position) or match
        whole = match.group()
        if kind != "space":
            yield kind, whole, line
            before = whole
        line += whole.count("\n")
        position = match.end()


def _resolve(file: Path, specifier: str, known: set[Path]) -> Path | None:
    """The file that a relative specifier names; `None` for packages and styles."""
    if not specifier.startswith("."):
        return None
    whole = (file.parent / specifier.split("?")[0]).resolve()
    # TypeScript writes the suffix of what it will be compiled to.
    stem = whole.with_suffix("") if whole.suffix in {".js", ".mjs", ".jsx"} else whole
    choices = [whole]
    choices += [stem.with_name(stem.name + suffix) for suffix in SUFFIXES]
    choices += [whole / f"index{suffix}" for suffix in SUFFIXES]
    return next((choice for choice in choices if choice in known), None)
