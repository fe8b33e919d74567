"""Multipliers from ariths-gen, as netlists of this package (8 bits, A times B).

V. Klhufek and V. Mrazek, "ArithsGen: Arithmetic Circuit Generator for Hardware Accelerators",
DDECS 2022. Its flat CGP form is read, simplified, and mapped to half and full adders; the last
row of a multiplier is always a ripple-carry adder, which needs the least power. Of signed ones it
has only the exact. Signed truncated and broken-array multipliers leave out the same of a signed
exact multiplier; the other families multiply magnitudes and put the sign back.
"""

import io
import re
from collections.abc import Callable
from typing import Any, Literal, get_args

from ariths_gen.multi_bit_circuits import approximate_multipliers as approximate
from ariths_gen.multi_bit_circuits import multipliers as exact
from ariths_gen.multi_bit_circuits.adders import UnsignedRippleCarryAdder
from ariths_gen.wire_components import Bus

from evoapproxnas.circuits.adders import extract_adders
from evoapproxnas.circuits.generators.narrow import narrow_multiplier
from evoapproxnas.circuits.generators.sign_magnitude import sign_magnitude
from evoapproxnas.circuits.netlist import FIRST_INPUT, NamedCell, Netlist, assemble
from evoapproxnas.circuits.optimize import simplify
from evoapproxnas.circuits.reduce import without_low_bits, without_partial_products
from evoapproxnas.errors import NetlistError, unknown_name

Architecture = Literal["array", "carry_save", "dadda", "wallace", "three_greedy"]
TwoBitCell = Literal["m1", "m2", "m3", "m4"]

_EXACT = {
    "array": (exact.UnsignedArrayMultiplier, exact.SignedArrayMultiplier),
    "carry_save": (exact.UnsignedCarrySaveMultiplier, exact.SignedCarrySaveMultiplier),
    "dadda": (exact.UnsignedDaddaMultiplier, exact.SignedDaddaMultiplier),
    "wallace": (exact.UnsignedWallaceMultiplier, exact.SignedWallaceMultiplier),
}
_TWO_BIT = {
    "m1": approximate.UnsignedApproximateTwoBitMultiplierM1,
    "m2": approximate.UnsignedApproximateTwoBitMultiplierM2,
    "m3": approximate.UnsignedApproximateTwoBitMultiplierM3,
    "m4": approximate.UnsignedApproximateTwoBitMultiplierM4,
}
_RIPPLE = {"unsigned_adder_class_name": UnsignedRippleCarryAdder}
_CGP_GATES = (None, "not", "and2", "or2", "xor2", "nand2", "nor2", "xnor2")
_CGP_NODE = re.compile(r"\(\[(\d+)\](\d+),(\d+),(\d+)\)")


def exact_multiplier(
    architecture: Architecture = "three_greedy", *, signed: bool = False
) -> Netlist:
    """Generate an exact multiplier.

    Args:
        architecture: how partial products are summed up; three_greedy is of this package.
        signed: two's complement (Baugh-Wooley) operands and product.

    Raises:
        UnknownNameError: if there is no such architecture.
    """
    if architecture == "three_greedy":
        return narrow_multiplier(8, 8, signed=signed)
    if architecture not in _EXACT:
        raise unknown_name("multiplier architecture", architecture, get_args(Architecture))
    options = {} if architecture == "array" else _RIPPLE
    return _generated(_EXACT[architecture][signed], options)


def truncated_multiplier(cut: int, *, signed: bool = False) -> Netlist:
    """Generate a multiplier of the upper 8 - cut bits of both operands.

    Args:
        cut: low bits of each operand that are taken to be 0.
        signed: two's complement.

    Raises:
        NetlistError: unless 0 <= cut <= 7.
    """
    if not 0 <= cut <= 7:
        raise NetlistError(f"cut must lie in 0..7, got {cut}")
    if signed:
        return without_low_bits(exact_multiplier(signed=True), a=cut, b=cut)
    return _generated(approximate.UnsignedTruncatedArrayMultiplier, {"truncation_cut": cut})


def broken_array_multiplier(horizontal: int, vertical: int, *, signed: bool = False) -> Netlist:
    """Generate a multiplier without the lowest rows and columns of partial products.

    Args:
        horizontal: number of omitted rows, that is of low bits of B.
        vertical: number of omitted columns, that is of low bits of the product.
        signed: two's complement.

    Raises:
        NetlistError: unless 0 <= horizontal <= 7 and horizontal <= vertical <= 15.
    """
    cuts = _cuts(horizontal, vertical)
    if signed:
        netlist = exact_multiplier(signed=True)
        return without_partial_products(netlist, rows=horizontal, columns=vertical)
    return _generated(approximate.UnsignedBrokenArrayMultiplier, cuts)


def broken_carry_save_multiplier(
    horizontal: int, vertical: int, *, signed: bool = False
) -> Netlist:
    """Generate a carry-save multiplier without its lowest rows and columns of cells.

    Args:
        horizontal: number of omitted rows.
        vertical: number of omitted columns.
        signed: multiply magnitudes and negate the product where the signs differ.

    Raises:
        NetlistError: unless 0 <= horizontal <= 7 and horizontal <= vertical <= 15.
    """
    cuts = _cuts(horizontal, vertical)
    netlist = _generated(approximate.UnsignedBrokenCarrySaveMultiplier, {**cuts, **_RIPPLE})
    return sign_magnitude(netlist) if signed else netlist


def recursive_multiplier(cell: TwoBitCell, count: int, *, signed: bool = False) -> Netlist:
    """Generate a multiplier of sixteen 2-bit multipliers, some of which are approximate.

    Args:
        cell: kind of approximate 2-bit multiplier, M1 to M4 of IEEE Xplore document 8727537,
            which ariths-gen follows; M1 computes 3 x 3 = 7.
        count: how many of them, those of the lowest significance first.
        signed: multiply magnitudes and negate the product where the signs differ.

    Raises:
        UnknownNameError: if there is no such cell.
        NetlistError: unless 0 <= count <= 16.
    """
    if cell not in _TWO_BIT:
        raise unknown_name("2-bit multiplier", cell, _TWO_BIT)
    if not 0 <= count <= 16:
        raise NetlistError(f"count must lie in 0..16, got {count}")
    # ariths-gen lists the cells block by block, the most significant first; within a block the
    # digits of the index in base 4 select the halves of a (upper bit) and of b (lower bit).
    distance = [2 * (index // 4).bit_count() + (index % 4).bit_count() for index in range(16)]
    order = sorted(range(16), key=lambda index: (-distance[index], index))
    cells = [approximate.UnsignedAccurateTwoBitMultiplier] * 16
    for index in order[:count]:
        cells[index] = _TWO_BIT[cell]
    options = {"submultipliers": cells, **_RIPPLE}
    netlist = _generated(approximate.UnsignedRecursiveMultiplier, options)
    return sign_magnitude(netlist) if signed else netlist


def _cuts(horizontal: int, vertical: int) -> dict[str, int]:
    if not (0 <= horizontal <= 7 and horizontal <= vertical <= 15):
        raise NetlistError(
            "cuts must satisfy 0 <= horizontal <= 7 and horizontal <= vertical <= 15, got "
            f"horizontal={horizontal}, vertical={vertical}"
        )
    return {"horizontal_cut": horizontal, "vertical_cut": vertical}


def _generated(generator: Callable[..., Any], options: dict[str, Any]) -> Netlist:
    circuit = generator(Bus("a", 8), Bus("b", 8), name="multiplier", **options)
    text = io.StringIO()
    circuit.get_cgp_code_flat(text)
    netlist = simplify(_from_cgp(text.getvalue()))
    return simplify(extract_adders(netlist))


def _from_cgp(code: str) -> Netlist:
    """Read the flat CGP form: {header}([net]input,input,function)...(output,...)."""
    nodes, outputs = code.split("}", 1)[1].rsplit("(", 1)
    cells = []
    for net, first, second, function in _CGP_NODE.findall(nodes):
        kind = _CGP_GATES[int(function)]
        pins = (first,) if kind in {None, "not"} else (first, second)
        cells.append(NamedCell(kind or "alias", pins, (net,), f"CGP node {net}"))
    inputs = [str(net) for net in range(FIRST_INPUT, FIRST_INPUT + 16)]
    return assemble(cells, inputs=inputs, outputs=outputs.strip().rstrip(")").split(","))
