"""The kinds of cells a netlist is made of: their logic and how they are written in Verilog.

To add a kind, add one entry here and one to `cells_45nm.toml`; simulation, optimization,
Verilog, area, delay and power follow from these two.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
"""Bits of one net for many operand pairs, 64 pairs to a word."""


@dataclass(frozen=True)
class Gate:
    """One kind of cell.

    Attributes:
        arity: number of input pins, 1 to 3.
        outputs: number of output pins, 1 or 2 (sum, carry).
        evaluate: logic on 64-bit words of equal shape, one array per output.
        verilog: right-hand side of its `assign`, with {0}, {1}, {2} for the inputs; the left
            side of an adder is the concatenation {carry, sum}.
        commutative: whether its inputs may be exchanged.
    """

    arity: int
    outputs: int
    evaluate: Callable[..., tuple[Words, ...]]
    verilog: str
    commutative: bool = True


def _full_adder(a: Words, b: Words, c: Words) -> tuple[Words, Words]:
    half = a ^ b
    return half ^ c, (a & b) | (half & c)


GATES = {
    "not": Gate(1, 1, lambda a: (~a,), "~{0}"),
    "and2": Gate(2, 1, lambda a, b: (a & b,), "{0} & {1}"),
    "or2": Gate(2, 1, lambda a, b: (a | b,), "{0} | {1}"),
    "xor2": Gate(2, 1, lambda a, b: (a ^ b,), "{0} ^ {1}"),
    "nand2": Gate(2, 1, lambda a, b: (~(a & b),), "~({0} & {1})"),
    "nor2": Gate(2, 1, lambda a, b: (~(a | b),), "~({0} | {1})"),
    "xnor2": Gate(2, 1, lambda a, b: (~(a ^ b),), "~({0} ^ {1})"),
    "nand3": Gate(3, 1, lambda a, b, c: (~(a & b & c),), "~({0} & {1} & {2})"),
    "nor3": Gate(3, 1, lambda a, b, c: (~(a | b | c),), "~({0} | {1} | {2})"),
    "aoi21": Gate(3, 1, lambda a, b, c: (~((a & b) | c),), "~(({0} & {1}) | {2})", False),
    "oai21": Gate(3, 1, lambda a, b, c: (~((a | b) & c),), "~(({0} | {1}) & {2})", False),
    "mux2": Gate(3, 1, lambda s, b, a: ((s & b) | (~s & a),), "{0} ? {1} : {2}", False),
    "half_adder": Gate(2, 2, lambda a, b: (a ^ b, a & b), "{0} + {1}"),
    "full_adder": Gate(3, 2, _full_adder, "{0} + {1} + {2}"),
}
