"""Random netlists for property tests."""

import numpy as np
from hypothesis import strategies as st

from evoapproxnas.circuits import Cell, Netlist
from evoapproxnas.circuits.gates import GATES


def random_netlist(seed: int, *, cells: int, inputs: int = 16, outputs: int = 16) -> Netlist:
    """Draw a netlist whose cells read constants, inputs and earlier cells."""
    rng = np.random.default_rng(seed)
    chosen, driven = [], 2 + inputs
    for kind in rng.choice(list(GATES), cells):
        pins = rng.integers(0, driven, GATES[kind].arity)
        chosen.append(Cell(str(kind), tuple(int(pin) for pin in pins)))
        driven += GATES[kind].outputs
    nets = rng.integers(0, driven, outputs)
    return Netlist(tuple(chosen), tuple(int(net) for net in nets), inputs)


netlists = st.builds(random_netlist, st.integers(0, 2**32 - 1), cells=st.integers(0, 60))
