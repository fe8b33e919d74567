"""Multiplier energy of one inference of a network under an assignment.

The energy of one multiplication is defined in two ways (see `hardware.energy` for the sum):

    uniform   the published one: power under uniform operands / clock, for all layers alike
    network   share x P(layer's operands) / clock

P is the power model of `circuits.cost`, glitches included, with activation codes as calibration
saw them in this layer and the codes of its own, tuned weights; both are drawn anew for every
multiplication, independently. `share` leaves out multiplications by weights that are skipped:
zeros in sign and magnitude, which cost nothing.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from evoapproxnas.circuits import powers_uw
from evoapproxnas.errors import ConfigError, MultiplierError
from evoapproxnas.files import Journal
from evoapproxnas.hardware.energy import (
    Price,
    mmac_equivalents,
    multiplier_energy_nj,
    uniform_price,
    with_control_variates,
)
from evoapproxnas.multipliers import CLOCK_MHZ, MultiplierChoice, load_library
from evoapproxnas.resilience.network import Assignment, EmulatedNetwork

Operands = Literal["uniform", "network"]


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

    def __call__(self, path: str, choice: MultiplierChoice) -> float:
        """Return the energy of one multiplication in pJ.

        Args:
            path: of an approximate layer whose multiplier this can be.
            choice: from the library, with a circuit; see `check_operands`.

        Raises:
            MultiplierError: if the multiplier is known by its table only.
        """
        key = self._key(path, choice)
        if key not in self._known:
            self._compute(choice)
        return self._known[key]

    def _key(self, path: str, choice: MultiplierChoice) -> tuple[str, ...]:
        multiplier = choice.multiplier
        scheme = self._network.quantization.scheme(signed=multiplier.signed)
        activation, weight = choice.widths
        bits = str(activation) if activation == weight else f"a{activation}w{weight}"
        return path, scheme, bits, multiplier.name, multiplier.digest

    def _compute(self, choice: MultiplierChoice) -> None:
        netlist = load_library().netlist(choice.multiplier.name)
        fed = self._network.fed_operands(choice)
        used = {path: x.distribution for path, x in fed.items() if x.distribution}
        powers = dict(zip(used, powers_uw(netlist, list(used.values())), strict=True))
        new = {
            self._key(path, choice): x.share * float(powers.get(path, 0.0)) / CLOCK_MHZ
            for path, x in fed.items()
        }
        missing = {key: energy for key, energy in new.items() if key not in self._known}
        self._journal.extend(
            dict(zip(COLUMNS, (*key, energy), strict=True)) for key, energy in missing.items()
        )
        self._known |= missing


def price_under(operands: Operands, network: EmulatedNetwork, folder: Path | None = None) -> Price:
    """Return the energy of a multiplication under uniform operands or those of a network."""
    price = uniform_price if operands == "uniform" else NetworkPrice(network, folder)
    if network.quantization.control_variate:
        return with_control_variates(price, network.workload)
    return price


def energy_nj(network: EmulatedNetwork, assignment: Assignment, price: Price) -> float:
    """Return the multiplier energy of one inference; layers not named are exact.

    It is NaN if a multiplier's power is unknown.
    """
    whole = network.whole(assignment)
    known = isinstance(price, NetworkPrice)
    used = (each for choice in whole.values() for each, _ in choice.portions)
    if not known and any(each.multiplier.power_uw is None for each in used):
        return float("nan")
    return multiplier_energy_nj(network.workload, whole, price=price)


def energies_pj(
    network: EmulatedNetwork, choices: Sequence[MultiplierChoice], price: Price
) -> npt.NDArray[np.float64]:
    """Return what units take in one inference with each choice, (units, choices)."""
    return np.array(
        [
            [sum(n * price(part, c) for part, n in x.multiplications.items()) for c in choices]
            for x in network.units
        ]
    )


def check_operands(operands: str, choices: Sequence[MultiplierChoice]) -> None:
    """Check that the energy of multipliers can be told under such operands.

    Raises:
        ConfigError: for other operands.
        MultiplierError: if they are a network's and a multiplier is known by its table only.
    """
    if operands not in get_args(Operands):
        raise ConfigError(f"operands must be 'uniform' or 'network', got {operands!r}")
    if operands == "uniform":
        return
    library = load_library()
    names = [c.multiplier.name for c in choices]
    tables = [name for name in names if name not in library or not library.has_circuit(name)]
    if tables:
        raise MultiplierError(
            f"multipliers known by their tables only: {', '.join(tables)}; without gates their "
            "energy under the operands of a network is unknown. Import them as Verilog or BLIF, "
            "leave them out, or take operands 'uniform'"
        )


def with_energies(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of results with its energies as they are shown.

    Figures under uniform operands are left out where no others were asked for. The energy is said
    in exact 8-bit MMAC-equivalents, too, by which architectures compare.
    """
    names = ["uniform_energy_nj", "uniform_relative_energy"]
    frame = frame.drop(columns=[name for name in names if frame[name].isna().all()])
    place = list(frame.columns).index("relative_energy") + 1
    frame.insert(place, "mmac_equivalents", frame["energy_nj"].map(mmac_equivalents))
    return frame
