"""The cheapest gates of two inputs for what a net computes from up to three others."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from evoapproxnas.circuits.cells import cells_45nm
from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.mapping.circuit import Driven, MutableCircuit
from evoapproxnas.circuits.mapping.cuts import VARIABLES, cuts_of
from evoapproxnas.circuits.netlist import Cell, Netlist
from evoapproxnas.circuits.operands import FloatArray

_KINDS = tuple(kind for kind, gate in GATES.items() if gate.outputs == 1 and gate.arity == 2)
_ALL = np.arange(256)


class Form(NamedTuple):
    """A gate over two functions, or an inverter of one, that computes a function."""

    kind: str
    operands: tuple[int, ...]


def rewritten(netlist: Netlist) -> Netlist:
    """Exchange cells for gates of two inputs that compute the same from the same, if it saves."""
    circuit = MutableCircuit(netlist)
    for net, cuts in enumerate(cuts_of(netlist)):
        circuit.exchange_best(
            _cells(circuit, truth, leaves, net)
            for leaves, truth in cuts
            if truth in cheapest_forms() and net not in leaves and circuit.alive([net, *leaves])
        )
    return circuit.netlist()


def _cells(
    circuit: MutableCircuit, truth: int, leaves: Sequence[int], target: int
) -> list[Driven]:
    """Return the cells of the cheapest form of a function, the last of which drives a net."""
    nets = dict(zip(VARIABLES, leaves, strict=False))
    cells: list[Driven] = []

    def net_of(function: int) -> int:
        if function not in nets:
            form = cheapest_forms()[function]
            net, added = circuit.gate(form.kind, *map(net_of, form.operands), below=target)
            nets[function] = net
            cells.extend(added)
        return nets[function]

    form = cheapest_forms()[truth]
    pins = tuple(net_of(operand) for operand in form.operands)
    return [*cells, (Cell(form.kind, pins), (target,))]


@cache
def cheapest_forms() -> Mapping[int, Form]:
    """Return a form of every function of three variables but these themselves and constants.

    Costs are those of random operands; every operand of a form is a variable or has a form.
    """
    costs = np.full(256, np.inf)
    costs[list(VARIABLES)] = 0
    forms: dict[int, Form] = {}
    while True:
        before = costs.copy()
        for kind in ("not", *_KINDS):
            _relax(kind, costs, forms)
        if (costs == before).all():
            return forms


def _relax(kind: str, costs: FloatArray, forms: dict[int, Form]) -> None:
    """Take a kind of gate wherever it makes a function cheaper."""
    library = cells_45nm()
    figures = library.cells[kind]
    arity = GATES[kind].arity
    pin_fj = (figures.pin_ff + library.wire_ff_per_pin) * library.supply_v**2 / 2
    gate_fj = 0.5 * (figures.internal_fj + arity * pin_fj)
    operands = np.meshgrid(*[_ALL] * arity, indexing="ij")
    functions = (GATES[kind].evaluate(*operands)[0] & 255).ravel()
    total = gate_fj + np.add.reduce([costs[operand] for operand in operands]).ravel()
    order = np.argsort(total, kind="stable")
    found, first = np.unique(functions[order], return_index=True)
    for function, index in zip(found.tolist(), order[first].tolist(), strict=True):
        if function not in {0, 255} and total[index] < costs[function] - 1e-9:
            costs[function] = total[index]
            chosen = np.unravel_index(index, operands[0].shape)
            forms[function] = Form(kind, tuple(int(operand) for operand in chosen))
