import itertools

import numpy as np
import pytest

from evoapproxnas.circuits import (
    Cell,
    Netlist,
    circuit_cost,
    operand_words,
    product_table,
    simulate,
    to_verilog,
)
from evoapproxnas.circuits.gates import GATES
from evoapproxnas.errors import NetlistError

_LOGIC = {
    "not": lambda a: [1 - a],
    "and2": lambda a, b: [a * b],
    "or2": lambda a, b: [max(a, b)],
    "xor2": lambda a, b: [(a + b) % 2],
    "nand2": lambda a, b: [1 - a * b],
    "nor2": lambda a, b: [1 - max(a, b)],
    "xnor2": lambda a, b: [int(a == b)],
    "nand3": lambda a, b, c: [1 - a * b * c],
    "nor3": lambda a, b, c: [1 - max(a, b, c)],
    "aoi21": lambda a, b, c: [1 - max(a * b, c)],
    "oai21": lambda a, b, c: [1 - max(a, b) * c],
    "mux2": lambda s, a, b: [a if s else b],
    "half_adder": lambda a, b: [(a + b) % 2, (a + b) // 2],
    "full_adder": lambda a, b, c: [(a + b + c) % 2, (a + b + c) // 2],
}


@pytest.mark.parametrize("kind", GATES)
def test_every_gate_computes_its_truth_table(kind: str) -> None:
    gate = GATES[kind]
    pins = tuple(range(2, 2 + gate.arity))
    nets = tuple(range(2 + gate.arity, 2 + gate.arity + gate.outputs))
    netlist = Netlist((Cell(kind, pins),), nets, inputs=gate.arity)
    rows = list(itertools.product((0, 1), repeat=gate.arity))
    words = np.array(
        [sum(row[pin] << i for i, row in enumerate(rows)) for pin in range(gate.arity)]
    )
    values = simulate(netlist, words[:, np.newaxis].astype(np.uint64))
    for index, row in enumerate(rows):
        got = [int(values[net, 0]) >> index & 1 for net in nets]
        assert got == _LOGIC[kind](*row)


def test_rows_of_the_table_are_codes_of_a() -> None:
    passes_a = Netlist((), (*range(2, 10), *[0] * 8))
    passes_b_high = Netlist((), (*[0] * 8, *range(10, 18)))
    assert product_table(passes_a)[200, 3] == 200
    assert product_table(passes_b_high)[200, 3] == 3 * 256
    assert product_table(passes_b_high, signed=True)[0, 255] == -256


def test_operand_words_cover_all_pairs_once() -> None:
    bits = np.unpackbits(operand_words().view(np.uint8), axis=1, bitorder="little")
    codes = np.packbits(bits.reshape(2, 8, -1), axis=1, bitorder="little")[:, 0]
    assert np.array_equal(codes[0].astype(int) * 256 + codes[1], np.arange(65536))


@pytest.mark.parametrize("use", [product_table, circuit_cost, lambda n: to_verilog(n, "m")])
def test_a_circuit_of_other_widths_is_no_multiplier(use: object) -> None:
    with pytest.raises(NetlistError, match="got 8 inputs and 16 outputs"):
        use(Netlist((), (0,) * 16, inputs=8))  # type: ignore[operator]
