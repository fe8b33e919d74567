"""Gate-level circuits: netlists, simulation, optimization, cost; Verilog, BLIF and C.

    generators, verilog, blif, yosys -> netlist -> simulate -> product table
                                         -> optimize, adders, mapping, reduce -> netlist
                                         -> cost (cells, glitches) -> area, delay, power

Operand A is the activation; which input of somebody else's circuit that is, `ports` says. What is
written (`to_verilog`, `to_blif`, `to_c`) has it as A or a, the first. `generators` needs
ariths-gen, `yosys` the extra `verilog`; they are imported by their own names.
"""

from evoapproxnas.circuits.adders import extract_adders
from evoapproxnas.circuits.blif import from_blif, load_blif, to_blif
from evoapproxnas.circuits.c_code import to_c
from evoapproxnas.circuits.cost import CircuitCost, circuit_cost, power_uw, powers_uw
from evoapproxnas.circuits.mapping import mapped
from evoapproxnas.circuits.netlist import Cell, NamedCell, Netlist, assemble
from evoapproxnas.circuits.operands import (
    OperandDistribution,
    load_operands,
    network_operands,
    relu_activations,
    save_operands,
    sign_magnitude_weights,
    symmetric_codes,
    uniform_operands,
)
from evoapproxnas.circuits.optimize import simplify
from evoapproxnas.circuits.reduce import (
    with_or_columns,
    without_low_bits,
    without_partial_products,
)
from evoapproxnas.circuits.simulate import operand_words, product_table, simulate
from evoapproxnas.circuits.verilog import from_verilog, load_verilog, to_verilog

__all__ = [
    "Cell",
    "CircuitCost",
    "NamedCell",
    "Netlist",
    "OperandDistribution",
    "assemble",
    "circuit_cost",
    "extract_adders",
    "from_blif",
    "from_verilog",
    "load_blif",
    "load_operands",
    "load_verilog",
    "mapped",
    "network_operands",
    "operand_words",
    "power_uw",
    "powers_uw",
    "product_table",
    "relu_activations",
    "save_operands",
    "sign_magnitude_weights",
    "simplify",
    "simulate",
    "symmetric_codes",
    "to_blif",
    "to_c",
    "to_verilog",
    "uniform_operands",
    "with_or_columns",
    "without_low_bits",
    "without_partial_products",
]
