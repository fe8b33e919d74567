"""A design in Verilog as Yosys gets it: its files, what they include, the module to import."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from evoapproxnas.circuits.netlist_text import netlist_text
from evoapproxnas.circuits.port_names import Port
from evoapproxnas.circuits.ports import fits
from evoapproxnas.circuits.verilog_modules import (
    Module,
    check_known,
    is_system_verilog,
    modules_of,
    only,
    topmost,
    used_by,
)
from evoapproxnas.circuits.verilog_text import without_comments
from evoapproxnas.errors import NetlistError

_INCLUDE = re.compile(r'`include\s+"([^"\n]+)"')
_SOURCES, _INCLUDES = "s", "i"
_SHOWN = 12

Interfaces = Callable[[str], Mapping[str, tuple[Sequence[Port], Sequence[Port]]]]
"""Elaborates the text of modules without bodies: inputs and outputs by name."""


@dataclass(frozen=True)
class SourceFile:
    """A file of a design.

    Attributes:
        path: where it is.
        alias: its path in the folder that Yosys sees.
        code: its text without comments.
    """

    path: Path
    alias: str
    code: str

    @classmethod
    def read(cls, path: Path, alias: str) -> "SourceFile":
        """Read a file; bytes that are no text do not matter where they are in comments.

        Raises:
            NetlistError: if it cannot be read.
        """
        return cls(path, alias, without_comments(netlist_text(path, any_bytes=True)))

    @cached_property
    def modules(self) -> list[Module]:
        """The modules of this file."""
        return modules_of(self.code)

    @property
    def is_included(self) -> bool:
        """Whether another file includes it."""
        return self.alias.startswith(f"{_INCLUDES}/")


@dataclass(frozen=True)
class Design:
    """The files of one design, those that are included at the end."""

    files: tuple[SourceFile, ...]

    @classmethod
    def read(cls, paths: Sequence[Path]) -> "Design":
        """Read files, and what they include from folders below their own.

        Raises:
            NetlistError: if a file cannot be read.
        """
        files: dict[str, SourceFile] = {}
        for number, path in enumerate(paths):
            alias = f"{_SOURCES}/{number}.v"
            files[alias] = SourceFile.read(path, alias)
        waiting = list(files.values())
        while waiting:
            file = waiting.pop()
            for name in dict.fromkeys(_INCLUDE.findall(file.code)):
                alias = f"{_INCLUDES}/{name}"
                path = file.path.parent / name
                if alias not in files and _is_below(name) and path.is_file():
                    files[alias] = SourceFile.read(path, alias)
                    waiting.append(files[alias])
        return cls(tuple(files.values()))

    @property
    def where(self) -> str:
        """The name of the design in error messages."""
        return str(self.files[0].path)

    @property
    def modules(self) -> list[Module]:
        """The modules of all files."""
        return [module for file in self.files for module in file.modules]

    @cached_property
    def is_system_verilog(self) -> bool:
        """Whether any file is SystemVerilog, by its ending or its words."""
        return any(
            file.path.suffix.lower() in {".sv", ".svh"} or is_system_verilog(file.code)
            for file in self.files
        )

    def top(self, interfaces: Interfaces) -> str:
        """Choose the module that is an 8x8 multiplier and that no other such module uses.

        Args:
            interfaces: asked for the ports where more than one module has any.

        Raises:
            NetlistError: if there is no such module, or more than one.
        """
        ported = {module.name: module for module in self.modules if module.interface}
        if len(ported) == 1:
            return next(iter(ported))
        if not ported:
            raise NetlistError(
                f"{self.where}: expected a module with ports, up to its endmodule, got none"
            )
        headers = [module.interface for module in ported.values()]
        roots = topmost(list(ported), list(ported.values()))
        try:
            found = interfaces("\n".join([*self._outside(), *headers]))
        except NetlistError:
            # A helper that Yosys cannot read matters only if the module to import is in doubt.
            if len(roots) == 1:
                return roots[0]
            raise
        fitting = [name for name in ported if name in found and fits(*found[name])]
        candidates = topmost(fitting, list(ported.values())) if fitting else roots
        if len(candidates) == 1:
            return candidates[0]
        listed = ", ".join(candidates[:_SHOWN] or list(ported)[:_SHOWN])
        what = "more than one module that is" if fitting else "no single module that is"
        raise NetlistError(
            f"{self.where}: there is {what} an 8x8 multiplier, among {listed}; name the one to "
            "import with top (--top)"
        )

    def notes(self, top: str) -> tuple[str, ...]:
        """Say which module was taken, where there are others with ports that it does not use."""
        used = used_by(top, self.modules)
        unused = [m.name for m in self.modules if m.interface and m.name not in used]
        if not unused:
            return ()
        listed = ", ".join(unused[:_SHOWN]) + (", ..." if len(unused) > _SHOWN else "")
        return (f"module {top} is read, {listed} not; top (--top) chooses another",)

    def texts(self, top: str) -> dict[str, str]:
        """Return the text of every file by its alias, without modules that `top` does not use.

        Raises:
            NetlistError: if there is no such module.
        """
        check_known(top, self.modules, self.where)
        wanted = used_by(top, self.modules)
        return {file.alias: only(file.code, file.modules, wanted) for file in self.files}

    def read_command(self) -> str:
        """Return the command of Yosys that reads `texts`, from the folder /d."""
        mode = "-sv " if self.is_system_verilog else ""
        aliases = [f"/d/{file.alias}" for file in self.files if not file.is_included]
        return f"read_verilog {mode}-defer -I/d/{_INCLUDES} {' '.join(aliases)}"

    def named(self, output: str) -> str:
        """Return a message of Yosys with the names of the files instead of their aliases."""
        paths = {file.alias: str(file.path) for file in self.files}
        return re.sub(r"/d/([\w./-]+)", lambda match: paths.get(match[1], match[0]), output)

    def place_of(self, pattern: str) -> str:
        """Return "file:line" of the first text that matches, or the name of the design."""
        for file in self.files:
            if match := re.search(pattern, file.code):
                return f"{file.path}:{file.code.count(chr(10), 0, match.start()) + 1}"
        return self.where

    def _outside(self) -> list[str]:
        """Return what stands outside of modules, such as macros and packages, included first."""
        return [_INCLUDE.sub("", only(file.code, file.modules, ())) for file in self.files[::-1]]


def _is_below(name: str) -> bool:
    """Tell whether a name stays in the folder that it is relative to."""
    path = PurePosixPath(name)
    plain = re.fullmatch(r"[\w./-]+", name) is not None
    return plain and not path.is_absolute() and ".." not in path.parts
