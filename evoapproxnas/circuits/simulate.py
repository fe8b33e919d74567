"""Exhaustive bit-parallel simulation: 65,536 operand pairs as 1,024 64-bit words per net."""

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits.gates import GATES, Words
from evoapproxnas.circuits.netlist import Netlist
from evoapproxnas.errors import NetlistError

_BITS = 8
_PAIRS = 4**_BITS


@cache
def operand_words() -> Words:
    """Return the words of A[0..7], B[0..7] for all operand pairs, shape (16, 1024), read-only.

    Bit i of word k belongs to pair 64 * k + i, and pair 256 * a + b holds the codes a and b.
    """
    pairs = np.arange(_PAIRS, dtype="<u2")
    codes = [pairs >> _BITS, pairs & 255]
    bits = np.stack([(code >> bit) & 1 for code in codes for bit in range(_BITS)])
    words = np.packbits(bits.astype(np.uint8), axis=1, bitorder="little").view("<u8")
    words.setflags(write=False)
    return words.astype(np.uint64, copy=False)


def simulate(netlist: Netlist, inputs: Words) -> Words:
    """Compute every net for every word of the inputs.

    Args:
        netlist: any circuit.
        inputs: shape (netlist.inputs, words).

    Returns:
        Words of all nets, shape (netlist.net_count, words), constants first.
    """
    count, words = inputs.shape
    nets: Words = np.empty((netlist.net_count, words), np.uint64)
    nets[0] = 0
    nets[1] = ~np.uint64(0)
    nets[2 : 2 + count] = inputs
    for cell, outputs in netlist.driven_cells():
        values = GATES[cell.kind].evaluate(*(nets[net] for net in cell.inputs))
        for net, value in zip(outputs, values, strict=True):
            nets[net] = value
    return nets


def product_table(netlist: Netlist, *, signed: bool = False) -> npt.NDArray[np.int32]:
    """Compute the products of all operand pairs.

    Args:
        netlist: a multiplier: inputs A[0..7], B[0..7], outputs O[0..15].
        signed: whether the outputs are a two's-complement number.

    Returns:
        table[a, b], shape (256, 256).

    Raises:
        NetlistError: if the circuit does not have 16 inputs and 16 outputs.
    """
    check_multiplier(netlist)
    nets = simulate(netlist, operand_words())
    return read_numbers(nets, netlist.outputs, signed=signed).reshape(256, 256)


def check_multiplier(netlist: Netlist) -> None:
    """Raise NetlistError unless the circuit has the 16 inputs and outputs of a multiplier."""
    if netlist.inputs != 2 * _BITS or len(netlist.outputs) != 2 * _BITS:
        raise NetlistError(
            "an 8x8 multiplier has 16 inputs, A[0..7] and B[0..7], and 16 outputs, O[0..15]; "
            f"got {netlist.inputs} inputs and {len(netlist.outputs)} outputs"
        )


def read_numbers(
    nets: Words, outputs: Sequence[int], *, signed: bool = False
) -> npt.NDArray[np.int32]:
    """Read 16 of the nets that `simulate` computed as a number for every bit of their words."""
    octets = nets[list(outputs)].astype("<u8", copy=False).view(np.uint8)
    bits = np.unpackbits(octets, axis=1, bitorder="little")
    octets = np.ascontiguousarray(np.packbits(bits.T, axis=1, bitorder="little"))
    return octets.view("<i2" if signed else "<u2").ravel().astype(np.int32)
