"""Readers of netlists: whatever a file holds, their time grows with it only, errors are ours.

Processor times are compared with each other: what is eight times longer may take at most 24
times as long, where quadratic work takes 64 times as long. Other work on the machine disturbs
that, so it may be repeated.
"""

import contextlib
import gc
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.circuits import Netlist, from_blif, from_verilog, to_blif, to_verilog
from evoapproxnas.circuits.verilog_modules import modules_of
from evoapproxnas.circuits.verilog_text import Lines, tokens, without_comments
from evoapproxnas.errors import EvoApproxNASError, NetlistError

_HEADER = "module m(input [7:0] A, input [7:0] B, output [15:0] O);\n"
_OUTPUTS = "".join(f"assign O[{bit}] = A[0];\n" for bit in range(16))


def _chain(count: int) -> str:
    wires = "".join(f"wire n{i};\nassign n{i} = A[0] & {f'n{i - 1}' if i else 'B[0]'};\n"
                    for i in range(count))  # fmt: skip
    return f"{_HEADER}{wires}{_OUTPUTS}endmodule\n"


_VERILOG: dict[str, Callable[[int], str]] = {
    "a good file": lambda n: _chain(n // 40),
    "cells in reverse": lambda n: "\n".join(_chain(n // 40).split("\n")[::-1]),
    "blanks": lambda n: f"{_HEADER}assign{' ' * n}{_OUTPUTS}endmodule",
    "blanks in the header": lambda n: f"module{' ' * n}m{' ' * n}({' ' * n}",
    "blanks in brackets": lambda n: f"{_HEADER}assign O[0] = {'A[' + ' ' * 50} " * (n // 60),
    "line ends": lambda n: _HEADER + "\n" * n,
    "semicolons": lambda n: _HEADER + ";\n" * (n // 2),
    "no semicolon": lambda n: _HEADER + "assign O[0] = A[0]\n" * (n // 19) + "endmodule",
    "comment lines": lambda n: _HEADER + "// a = b; /* c\n" * (n // 14),
    "comments that never end": lambda n: _HEADER + "/* " * (n // 3),
    "a comment of slashes": lambda n: _HEADER + "/" * n,
    "one long name": lambda n: f"{_HEADER}assign O[0] = {'n' * n};\nendmodule",
    "one long number": lambda n: f"{_HEADER}assign O[0] = A[{'1' * n}];\nendmodule",
    "open brackets": lambda n: f"{_HEADER}assign {'{' * n};\nendmodule",
    "many outputs": lambda n: (
        f"{_HEADER}assign {{{'O[0],' * (n // 5)}}} = A[0] + B[0];\nendmodule"
    ),
    "many wires": lambda n: f"{_HEADER}wire {'w,' * (n // 2)}w;\nendmodule",
    "quotes": lambda n: _HEADER + '"' * n,
    "backslashes": lambda n: _HEADER + '" \\" ' * (n // 5),
}
_PORTS = (
    f".inputs {' '.join(f'{p}[{b}]' for p in 'ab' for b in range(8))}\n"
    f".outputs {' '.join(f'o[{b}]' for b in range(16))}\n"
)
_TWELVE = " ".join(f"{port}[{bit}]" for port in "ab" for bit in range(6))
_BLIF: dict[str, Callable[[int], str]] = {
    "covers of 12 inputs": lambda n: (
        _PORTS + f".names {_TWELVE} o[0]\n" + "01-10-01-10- 1\n" * (n // 15)
    ),
    "many covers of 12 inputs": lambda n: (
        _PORTS
        + "".join(
            f".names {_TWELVE} n{i}\n01-10-01-1-0 1\n11------00-1 1\n" for i in range(n // 90)
        )
    ),
    "continued lines": lambda n: ".inputs a\\\n" + "b \\\n" * (n // 4),
    "subcircuits": lambda n: (
        _PORTS
        + ".subckt m x=a[0]\n" * (n // 40)
        + f".end\n.model m\n.inputs x {' '.join(f'y{i}' for i in range(n // 14))}\n"
    ),
    "comments": lambda n: "# .names\n" * (n // 9),
    "one long line": lambda n: ".names " + "x " * (n // 2),
    "many inputs": lambda n: ".inputs " + " ".join(f"x{i}" for i in range(n // 6)),
    "long names of inputs": lambda n: ".inputs " + "1a" * (n // 2),
    "one long row": lambda n: f"{_PORTS}.names {_TWELVE} o[0]\n" + "1" * n,
}


def _seconds(read: Callable[[str], object], text: str) -> float:
    best = float("inf")
    gc.disable()  # Its work depends on what other tests have left.
    try:
        for _ in range(3):
            start = time.process_time()
            with contextlib.suppress(NetlistError):
                read(text)
            best = min(best, time.process_time() - start)
    finally:
        gc.enable()
    return best


def _assert_linear(read: Callable[[str], object], make: Callable[[int], str]) -> None:
    short, long = make(20_000), make(160_000)
    ratios = (_seconds(read, long) / max(_seconds(read, short), 0.001) for _ in range(4))
    assert any(ratio < 24 for ratio in ratios)


@pytest.mark.parametrize("kind", list(_VERILOG))
def test_verilog_is_read_in_linear_time(kind: str) -> None:
    _assert_linear(from_verilog, _VERILOG[kind])


@pytest.mark.parametrize("kind", list(_VERILOG))
def test_modules_are_found_in_linear_time(kind: str) -> None:
    _assert_linear(lambda text: modules_of(without_comments(text)), _VERILOG[kind])


@pytest.mark.parametrize("kind", list(_BLIF))
def test_blif_is_read_in_linear_time(kind: str) -> None:
    _assert_linear(from_blif, _BLIF[kind])


@pytest.mark.parametrize("kind", [*_VERILOG, *_BLIF])
def test_messages_stay_short(kind: str) -> None:
    read, make = (from_verilog, _VERILOG) if kind in _VERILOG else (from_blif, _BLIF)
    try:
        message = str(read(make[kind](100_000)).kinds())
    except NetlistError as error:
        message = str(error)
    assert len(message) < 1200


_GOOD = _chain(6)
_PIECES = st.sampled_from(
    [
        " ",
        "\n",
        ";",
        "//",
        "/*",
        "*/",
        "assign ",
        "wire ",
        "=",
        "A[9]",
        "{",
        "}",
        "\\",
        '"',
        "1'b0",
    ]
    + ["endmodule", ".names", ".inputs", ".outputs x", "- 1", "0", "\x00", "é", "[", "1" * 5000]
)


@st.composite
def _mutated(draw: st.DrawFn, text: str) -> str:
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 30)))
        text = text[:start] + draw(_PIECES | st.text(max_size=3)) + text[end:]
    return text


@settings(max_examples=200, deadline=None)
@given(_mutated(_GOOD))
def test_changed_verilog_is_read_or_refused(text: str) -> None:
    try:
        assert isinstance(from_verilog(text), Netlist)
    except EvoApproxNASError:
        pass


@settings(max_examples=200, deadline=None)
@given(_mutated(to_blif(from_verilog(_GOOD), "m")))
def test_changed_blif_is_read_or_refused(text: str) -> None:
    try:
        assert isinstance(from_blif(text), Netlist)
    except EvoApproxNASError:
        pass


@settings(max_examples=200, deadline=None)
@given(_mutated('`define X "//"\n/* c */ module a(input \\b// , c); endmodule : a // end\n' * 3))
def test_comments_are_blanked_in_place(text: str) -> None:
    code = without_comments(text)
    assert len(code) == len(text)
    assert [i for i, c in enumerate(code) if c == "\n"] == [
        i for i, c in enumerate(text) if c == "\n"
    ]
    assert without_comments(code) == code
    lines = Lines(code)
    for token in tokens(code):
        assert lines.at(token.start) == code.count("\n", 0, token.start) + 1
    for module in modules_of(code):
        assert code[module.start : module.end].count("module") >= 2


def test_what_is_written_is_read_back(exact: Netlist) -> None:
    assert from_verilog(to_verilog(exact, "m")) == exact
