"""Energies and areas at 45 nm, for memories whose description does not state them.

Energies: M. Horowitz, "Computing's Energy Problem (and what we can do about it)", ISSCC 2014:
8-bit add 0.03 pJ, 32-bit add 0.1 pJ, 8-bit multiply 0.2 pJ; cache access of 64 bits 10 pJ in 8
KB, 20 pJ in 32 KB, 100 pJ in 1 MB. 5 pJ for 32 bits of SRAM, half of what 32 KB of cache take, as
there are no tags, and 640 pJ for 32 bits of DRAM are what tables made after it have.
Areas: cells of `circuits/cells_45nm.toml` for adders, and a flip-flop of 17 of their placement
sites (gscl45nm, DFFPOSX1) for a bit of a register file or of a sum; 0.346 um2 for a bit of SRAM,
the cell of Intel's 45 nm process (K. Mistry et al., IEDM 2007). That such cells fill 70 % of an
SRAM, how energies grow with sizes between these figures, and what registers take are assumptions.
The papers were not at hand: these are their figures as they are generally cited.
"""

from evoapproxnas.hardware.accelerators.description import Level

ADD_8_BIT_PJ = 0.03
DRAM_PJ_PER_BIT = 640 / 32
SRAM_PJ_PER_BIT = 5 / 32
_SRAM_BYTES = 32 * 1024
_REGISTER_PJ_PER_BIT = ADD_8_BIT_PJ / 8
_REGISTER_BYTES = 16

SRAM_UM2_PER_BIT = 0.346 / 0.7
REGISTER_UM2_PER_BIT = 7.98


def access_pj(level: Level, size_bytes: int, word_bits: int) -> float:
    """Return the energy of one access in pJ.

    That of SRAM grows with the root of its size, the length of its lines: from 8 to 32 KB
    Horowitz's figures double. Registers take as much as an adder of their width for every 16
    bytes among which one is selected, growing alike.
    """
    if level == "dram":
        return DRAM_PJ_PER_BIT * word_bits
    if level == "buffer":
        return SRAM_PJ_PER_BIT * word_bits * (size_bytes / _SRAM_BYTES) ** 0.5
    scale = max(1.0, size_bytes / _REGISTER_BYTES) ** 0.5
    return _REGISTER_PJ_PER_BIT * word_bits * scale


def area_um2(level: Level, size_bytes: int) -> float:
    """Return the area of a memory in square micrometres; DRAM is outside of the chip."""
    if level == "dram":
        return 0.0
    per_bit = SRAM_UM2_PER_BIT if level == "buffer" else REGISTER_UM2_PER_BIT
    return 8 * size_bytes * per_bit
