"""What an import says about a multiplier: which operand became which, and what looks wrong."""

import re

import numpy as np
import numpy.typing as npt

from evoapproxnas.multipliers.table_readings import IMPLAUSIBLE, relative_error

_EVOAPPROXLIB = r"mul8[us]_[0-9A-Z]{2,4}"
_TRANSPOSED = {
    True: "EvoApproxLib's tables for TFApprox have its operand B first: its Verilog file of the "
    "same multiplier gives the transpose, unless it is imported with swap (--swap)",
    False: "EvoApproxLib's C functions take (B, A), and TFApprox's tables have B as the "
    "activation: to get the table of its .bin file, the Verilog file needs swap (--swap)",
}


def notes_on(
    label: str,
    table: npt.NDArray[np.int32],
    *,
    signed: bool,
    operands: tuple[str, str],
    is_table: bool,
) -> tuple[str, ...]:
    """Return sentences about a multiplier; none about one that is exact.

    Args:
        label: the name that follows from its source.
        table: its products, [activation, weight].
        signed: whether they are two's complement.
        operands: what its source calls activation and weight.
        is_table: whether its source is a table, not a circuit.
    """
    notes = []
    if not np.array_equal(table, table.T):
        activation, weight = operands
        notes.append(
            f"not commutative: {activation} is the activation, {weight} the weight; swap (--swap) "
            "exchanges them"
        )
        if re.fullmatch(_EVOAPPROXLIB, label):
            notes.append(_TRANSPOSED[is_table])
    return (*notes, *doubts(table, signed=signed))


def doubts(table: npt.NDArray[np.int32], *, signed: bool) -> tuple[str, ...]:
    """Say so if a table is hardly that of a multiplier."""
    error = relative_error(table, signed=signed)
    if error <= IMPLAUSIBLE:
        return ()
    return (
        f"hardly a product: the mean error is {100 * error:.3g} % of the mean product; if the "
        "source is better than that, it is read wrongly: look at its sign, ports and order",
    )
