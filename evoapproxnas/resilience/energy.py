"""Multiplier energy of one inference of a network under an assignment.

E = sum over approximate layers of (multiplications x energy of one), DESIGN section 3. The energy
of one multiplication is defined in two ways:

    uniform   the published one: power under uniform operands / clock, for all layers alike
    network   share x P(layer's operands) / clock

P is the power model of `circuits.cost`, glitches included, with activation codes as calibration
saw them in this layer and the codes of its own, tuned weights; both are drawn anew for every
multiplication, independently. `share` leaves out multiplications by weights that are skipped:
zeros in sign and magnitude, which cost nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from evoapproxnas.circuits import powers_uw
from evoapproxnas.errors import ConfigError, MultiplierError
from evoapproxnas.files import Journal
from evoapproxnas.multipliers import Multiplier, load_library
from evoapproxnas.multipliers.multiplier import CLOCK_MHZ
from evoapproxnas.resilience.network import EmulatedNetwork

Operands = Literal["uniform", "network"]
Price = Callable[[str, Multiplier], float]
"""Energy of one multiplication in pJ, by path of the approximate layer."""


@dataclass(frozen=True)
class _Known:
    """A row of `energies.csv`."""

    layer: str
    weight_scheme: str
    bits: str
    multiplier: str
    digest: str
    energy_pj: float


COLUMNS = tuple(field.name for field in fields(_Known))

PICOJOULES = 1000.0
"""In a nanojoule."""


def uniform_price(path: str, multiplier: Multiplier) -> float:
    """Return the published energy of one multiplication, whatever the layer.

    Raises:
        MultiplierError: if it is unknown.
    """
    if multiplier.energy_pj is None:
        raise MultiplierError(
            f"multiplier {multiplier.name!r} has no power figure, so its energy is unknown; give "
            "power_uw when making it, or import it as a circuit"
        )
    return multiplier.energy_pj


class NetworkPrice:
    """The energy of one multiplication under the operands of each layer of a network.

    It is computed for all layers at once when a multiplier is first asked for.
    """

    def __init__(self, network: EmulatedNetwork, folder: Path | None) -> None:
        """Take what is known already.

        Args:
            network: whose layers.
            folder: of the study; keeps `energies.csv`.

        Raises:
            StoreError: if the folder cannot be written or its file is of another kind.
        """
        self._network = network
        self._journal = Journal(folder, "energies.csv", COLUMNS)
        self._known = {
            astuple(known)[:-1]: known.energy_pj for known in self._journal.records(_Known)
        }

    def __call__(self, path: str, multiplier: Multiplier) -> float:
        """Return the energy of one multiplication in pJ.

        Args:
            path: of an approximate layer whose multiplier this can be.
            multiplier: from the library, with a circuit; see `check_operands`.

        Raises:
            MultiplierError: if the multiplier is known by its table only.
        """
        key = self._key(path, multiplier)
        if key not in self._known:
            self._compute(multiplier)
        return self._known[key]

    def _key(self, path: str, multiplier: Multiplier) -> tuple[str, ...]:
        quantization = self._network.quantization
        scheme = quantization.scheme(signed=multiplier.signed)
        return path, scheme, str(quantization.bits), multiplier.name, multiplier.digest

    def _compute(self, multiplier: Multiplier) -> None:
        netlist = load_library().netlist(multiplier.name)
        fed = self._network.fed_operands(multiplier)
        used = {path: x.distribution for path, x in fed.items() if x.distribution}
        powers = dict(zip(used, powers_uw(netlist, list(used.values())), strict=True))
        new = {
            self._key(path, multiplier): x.share * float(powers.get(path, 0.0)) / CLOCK_MHZ
            for path, x in fed.items()
        }
        missing = {key: energy for key, energy in new.items() if key not in self._known}
        self._journal.extend(
            dict(zip(COLUMNS, (*key, energy), strict=True)) for key, energy in missing.items()
        )
        self._known |= missing


def price_under(operands: Operands, network: EmulatedNetwork, folder: Path | None) -> Price:
    """Return the energy of a multiplication under uniform operands or those of a network."""
    return uniform_price if operands == "uniform" else NetworkPrice(network, folder)


def energy_nj(
    network: EmulatedNetwork, assignment: Mapping[str, Multiplier], price: Price
) -> float:
    """Return the multiplier energy of one inference; layers not named are exact."""
    total = sum(
        count * price(part, assignment.get(layer.path, network.exact))
        for layer in (*network.layers, *network.fixed)
        for part, count in layer.multiplications.items()
    )
    return total / PICOJOULES


def energies_pj(
    network: EmulatedNetwork, multipliers: Sequence[Multiplier], price: Price
) -> npt.NDArray[np.float64]:
    """Return what layers take in one inference with each multiplier, (layers, multipliers)."""
    return np.array(
        [
            [sum(n * price(part, m) for part, n in x.multiplications.items()) for m in multipliers]
            for x in network.layers
        ]
    )


def check_operands(operands: str, multipliers: Sequence[Multiplier]) -> None:
    """Check that the energy of multipliers can be told under such operands.

    Raises:
        ConfigError: for other operands.
        MultiplierError: if they are a network's and a multiplier is known by its table only.
    """
    if operands not in get_args(Operands):
        raise ConfigError(f"operands must be 'uniform' or 'network', got {operands!r}")
    tables = [m.name for m in multipliers if not load_library().has_circuit(m.name)]
    if operands == "network" and tables:
        raise MultiplierError(
            f"multipliers known by their tables only: {', '.join(tables)}; without gates their "
            "energy under the operands of a network is unknown. Import them as Verilog or BLIF, "
            "leave them out, or take operands 'uniform'"
        )


def without_uniform(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out figures under uniform operands, where no others were asked for."""
    names = ["uniform_energy_nj", "uniform_relative_energy"]
    return frame.drop(columns=[name for name in names if frame[name].isna().all()])
