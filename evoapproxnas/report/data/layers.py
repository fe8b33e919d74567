"""The layers of a network that multiply: shapes, multipliers, energy."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evoapproxnas.errors import EvoApproxNASError
from evoapproxnas.hardware.energy import PICOJOULES
from evoapproxnas.hardware.network_layers import network_workload
from evoapproxnas.multipliers import Multiplier, MultiplierChoice, exact_multiplier, load_library
from evoapproxnas.networks import Network, Op

LAYER_COLUMNS = (
    *("layer", "node", "node_kind", "kind", "depth", "relative_depth", "shape", "kernel"),
    *("stride", "multiplier", "activation_bits", "weight_bits", "multiplications"),
    *("energy_pj", "relative_energy_of_one", "energy_nj", "exact_energy_nj"),
)


@dataclass(frozen=True)
class Price:
    """What a multiplier takes.

    Attributes:
        name: of it; aliases are resolved.
        activation_bits: width of its codes.
        weight_bits: likewise.
        energy_pj: of one multiplication; NaN where it is not known.
        exact_pj: of one with the exact 8-bit multiplier of its signedness.
    """

    name: str
    activation_bits: int
    weight_bits: int
    energy_pj: float
    exact_pj: float

    @property
    def relative(self) -> float:
        """Energy of one multiplication, exact 8-bit = 1."""
        return self.energy_pj / self.exact_pj


Prices = dict[str, Price]
"""By the names in networks."""


def layer_frame(network: Network, library: Mapping[str, Multiplier] | None = None) -> pd.DataFrame:
    """List the layers of a network that multiply, in topological order, the head last.

    Args:
        network: with its assignment: `run.network("g03-05-p2")`.
        library: multipliers by name; None: the bundled ones and the user's own.

    Returns:
        One row for each layer: `layer`, `node` (number), `node_kind`, `kind` of the operation,
        `depth` of its node, `relative_depth`: 0 in the first node, 1 in the head; `shape` of its
        output ("32x32x16"), `kernel`, `stride` (1 where it has none); `multiplier`
        (aliases resolved), `activation_bits`, `weight_bits`; `multiplications` for one image;
        `energy_pj` of one and `relative_energy_of_one` (exact 8-bit = 1); `energy_nj` and
        `exact_energy_nj` of all, for one image. Figures of multipliers that the
        library does not know are NaN, widths 8.
    """
    prices = prices_of(network.assignment.values(), library)
    return pd.DataFrame(layer_rows(network, prices), columns=list(LAYER_COLUMNS))


def layer_rows(network: Network, prices: Prices) -> list[dict[str, Any]]:
    """The rows of `layer_frame`, with multipliers whose prices are known already."""
    counts = network_workload(network).multiplications
    multiplying = {layer.name for layer in network.approx_layers}
    deepest = max(network.node_depths.values())
    return [
        _row(op, network.node_depths[op.node], deepest, counts[op.name], prices)
        for op in network.ops
        if op.name in multiplying
    ]


def _row(op: Op, depth: int, deepest: int, count: int, prices: Prices) -> dict[str, Any]:
    attributes, name = dict(op.attributes), str(op["multiplier"])
    price = prices[name]
    values = (
        *(op.name, op.node, op.node_kind, op.kind, depth, (depth - 1) / max(deepest - 1, 1)),
        *("x".join(map(str, op.shape)), attributes.get("kernel", 1), attributes.get("stride", 1)),
        *(price.name, price.activation_bits, price.weight_bits, count, price.energy_pj),
        *(price.relative, count * price.energy_pj / PICOJOULES),
        count * price.exact_pj / PICOJOULES,
    )
    return dict(zip(LAYER_COLUMNS, values, strict=True))


def prices_of(names: Iterable[str], library: Mapping[str, Multiplier] | None = None) -> Prices:
    """Return what multipliers of these names take; NaN for those that are not known."""
    known = load_library() if library is None else library
    return {name: _price(name, known) for name in dict.fromkeys(names)}


def _price(name: str, library: Mapping[str, Multiplier]) -> Price:
    try:
        choice = MultiplierChoice.of(name, library=library)
    except (EvoApproxNASError, KeyError):
        # A figure of a run shows what it can where a circuit of someone's own is not there.
        return Price(name, 8, 8, math.nan, _energy(exact_multiplier()))
    exact = exact_multiplier(signed=choice.multiplier.signed)
    return Price(choice.name, *choice.widths, _energy(choice.multiplier), _energy(exact))


def _energy(multiplier: Multiplier) -> float:
    return math.nan if multiplier.energy_pj is None else multiplier.energy_pj
