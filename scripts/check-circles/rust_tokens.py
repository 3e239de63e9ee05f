"""Tokens of a Rust file without comments, with the line of each."""

import re
from pathlib import Path
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|//[^\n]*)
    | (?P<raw>(?:br|cr|r)(?P<hashes>\#*)"(?s:.*?)"(?P=hashes))
    | (?P<string>[bc]?"(?:[^"\\]|\\(?s:.))*")
    | (?P<char>b?'(?:[^'\\\n]|\\(?:x[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]+\}|.))')
    | (?P<word>(?:r\#)?[A-Za-z_]\w*)
    | (?P<lifetime>'[A-Za-z_]\w*)
    | (?P<number>\d\w*(?:\.\d\w*)?)
    | (?P<comment>/\*)
    | (?P<sign>::|->|=>|\.\.=|\.\.|.)
    """,
    re.VERBOSE,
)
# Block comments nest, which no regular expression follows.
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_MAY_SPAN_LINES = {"space", "comment", "raw", "string"}
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class Token(NamedTuple):
    """A word, a sign, or a literal; strings keep their quotes."""

    kind: str
    text: str
    line: int


def tokenize(text: str) -> list[Token]:
    tokens = []
    position, line = 0, 1
    while match := _TOKEN.match(text, position):
        # The group `hashes` closes before `raw`, which is the last one then.
        kind = match.lastgroup or ""
        start, position = position, match.end()
        if kind == "comment":
            position = _end_of_comment(text, position)
        elif kind == "word":
            tokens.append(Token(kind, match.group().removeprefix("r#"), line))
        elif kind != "space":
            tokens.append(Token(kind, match.group(), line))
        if kind in _MAY_SPAN_LINES:
            line += text.count("\n", start, position)
    return tokens


def read_tokens(path: Path) -> list[Token]:
    return tokenize(path.read_text(encoding="utf-8"))


def _end_of_comment(text: str, position: int) -> int:
    """Position after a block comment whose `/*` ends at `position`."""
    depth = 1
    for edge in _COMMENT_EDGE.finditer(text, position):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(text)


def end_of_group(tokens: list[Token], opening: int) -> int:
    """Index after the bracket that closes the one at `opening`."""
    expected = []
    for index in range(opening, len(tokens)):
        kind, text, _ = tokens[index]
        if kind != "sign":
            continue
        if text in _CLOSING:
            expected.append(_CLOSING[text])
        elif expected and text == expected[-1]:
            expected.pop()
            if not expected:
                return index + 1
    return len(tokens)
