"""Every command that the documentation names, in the order in which a reader meets them."""

import ast
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "runs/README.md", "multipliers/README.md")
SOURCES = ("evoapproxnas", "plots")
"""Folders whose docstrings are documentation."""

_FENCED = re.compile(r"^```sh\n(?P<block>.*?)^```", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^(?: {4}|Example: )(?P<line>python .*(?:(?<=\\)\n.*)*)", re.MULTILINE)
_INLINE = re.compile(r"(?<!`)`(?P<code>python (?:-m\s+evoapproxnas\b|plots/)[^`]*)`")
_CHAPTER = re.compile(r"^## (.*)", re.MULTILINE)
_ANY_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A command as a document has it.

    Attributes:
        chapter: the document and its heading of the second level; commands of one chapter run
            one after the other, in one folder.
        words: as a shell splits them; without comments, redirection and "...".
        target: file that the output is redirected to, or None.
        inline: whether it stands within a sentence, which may be about the command in general.
    """

    chapter: str
    words: tuple[str, ...]
    target: str | None = None
    inline: bool = False

    def __str__(self) -> str:
        return shlex.join(self.words)


def documented() -> list[Command]:
    """Return all commands; what was there before, word for word, is left out."""
    found = [c for name in DOCUMENTS for c in commands_of(name, (ROOT / name).read_text("utf-8"))]
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            found += _of_docstrings(folder, path)
    unique: dict[tuple[object, ...], Command] = {}
    for command in found:
        unique.setdefault((command.words, command.target), command)
    return list(unique.values())


def commands_of(name: str, text: str) -> Iterator[Command]:
    """Yield the commands of a Markdown document."""
    places = [(0, "")] + [(match.start(), match[1]) for match in _CHAPTER.finditer(text)]
    for place, line, inline in sorted(_lines(text)):
        heading = [heading for start, heading in places if start <= place][-1]
        yield from _commands(f"{name}: {heading}" if heading else name, line, inline=inline)


def _of_docstrings(chapter: str, path: Path) -> Iterator[Command]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, kinds) and (text := ast.get_docstring(node)):
            for _, line, inline in sorted(_lines(text)):
                yield from _commands(chapter, line, inline=inline)


def _lines(text: str) -> Iterator[tuple[int, str, bool]]:
    """Yield place, line, and whether it is part of a sentence."""
    for fence in _FENCED.finditer(text):
        lines = fence["block"].replace("\\\n", " ").splitlines()
        yield from ((fence.start() + number, line, False) for number, line in enumerate(lines))
    for match in _INDENTED.finditer(text):
        yield match.start(), match["line"].replace("\\\n", " "), False
    prose = _ANY_FENCED.sub(lambda match: " " * len(match[0]), text)
    for match in _INLINE.finditer(prose):
        yield match.start(), " ".join(match["code"].split()), True


def _commands(chapter: str, line: str, *, inline: bool) -> Iterator[Command]:
    for part in line.split(" && "):
        words = [word for word in shlex.split(part, comments=True) if word != "..."]
        target = words[words.index(">") + 1] if ">" in words else None
        words = words[: words.index(">")] if ">" in words else words
        if words:
            yield Command(chapter, tuple(words), target, inline)
