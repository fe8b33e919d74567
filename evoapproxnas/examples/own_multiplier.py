"""A multiplier of one's own: from a Python function, from a table, and from Verilog.

A multiplier is its table of 256 x 256 products: what computes the same products is the same one,
whatever it is called. Of a circuit, power, area and delay are computed as well. `from_file` reads
the gate-level Verilog that this package writes by itself, and anyone's with Yosys
(`pip install 'evoapproxnas[verilog]'`); BLIF, `.npy` and `.bin` files, too.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import evoapproxnas as ea
from evoapproxnas.multipliers import export_multiplier


def without_low_bits(activation: int, weight: int) -> int:
    """Multiply after clearing three bits of the activation and two of the weight."""
    return (activation & 0b11111000) * (weight & 0b11111100)


def main() -> tuple[ea.Multiplier, ea.Multiplier, ea.Multiplier]:
    """Make three multipliers, say what is known of them, and return them."""
    by_function = ea.Multiplier.from_function("by_function", without_low_bits)

    a, w = np.mgrid[0:256, 0:256]  # table[activation code, weight code]
    table = (a & 0b11111000) * (w & 0b11111100)
    by_table = ea.Multiplier.from_table("by_table", table, power_uw=190.0)

    with TemporaryDirectory() as folder:
        verilog = Path(folder) / "mine.v"
        export_multiplier("mul8u_or8_v6", verilog)  # Stands for a file of yours.
        by_verilog = ea.Multiplier.from_file(verilog)

    for multiplier in (by_function, by_table, by_verilog):
        print(multiplier)
    print("function and table are one multiplier:", by_function.digest == by_table.digest)
    return by_function, by_table, by_verilog


if __name__ == "__main__":
    main()
