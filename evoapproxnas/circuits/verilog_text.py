"""Verilog as text: comments blanked out, tokens with their places; linear in its length."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

_MARK = re.compile(r'//|/\*|"|\\')
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"?')
_ESCAPED = re.compile(r"\\\S*")
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"?|\\\S*|`?[A-Za-z_$][\w$]*|\d[\w\']*|\S', re.ASCII)
_NO_LINE_END = re.compile(r"[^\n]")


class Token(NamedTuple):
    """A word, number, string or single character, and its offset in the text."""

    text: str
    start: int

    @property
    def end(self) -> int:
        """Offset of what follows."""
        return self.start + len(self.text)


def without_comments(text: str) -> str:
    """Return the text with blanks for its comments: offsets and line numbers stay.

    What is in a string or in an escaped identifier is no comment; a comment without end goes to
    the end of the text.
    """
    parts: list[str] = []
    copied = position = 0
    while mark := _MARK.search(text, position):
        if mark.group() == '"':
            position = _end(_STRING, text, mark.start())
            continue
        if mark.group() == "\\":
            position = _end(_ESCAPED, text, mark.start())
            continue
        closing = "\n" if mark.group() == "//" else "*/"
        found = text.find(closing, mark.end())
        position = len(text) if found < 0 else found + (closing != "\n") * len(closing)
        parts += [text[copied : mark.start()], _blank(text[mark.start() : position])]
        copied = position
    return "".join([*parts, text[copied:]])


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text without comments."""
    for match in _TOKEN.finditer(text):
        yield Token(match.group(), match.start())


class Lines:
    """Line numbers of a text."""

    def __init__(self, text: str) -> None:
        """Note where lines end."""
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def at(self, offset: int) -> int:
        """Return the number of the line, from 1, of a character."""
        return bisect_right(self._ends, offset - 1) + 1


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return start + 1 if match is None else match.end()


def _blank(comment: str) -> str:
    return _NO_LINE_END.sub(" ", comment)
