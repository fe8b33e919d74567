"""The 45 nm cell library, read from `cells_45nm.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True)
class CellFigures:
    """One kind of cell: `internal_fj` per transition of an output, `pin_ff` per input pin."""

    area_um2: float
    pin_ff: float
    delay_ns: float
    internal_fj: float


@dataclass(frozen=True)
class CellLibrary:
    """Figures of every kind of cell and of the technology.

    Attributes:
        cells: by kind, the keys of `gates.GATES`.
        supply_v: supply voltage.
        wire_ff_per_pin: wiring capacitance of a net for every pin it reaches.
        power_uw_per_fj: power of a circuit that spends 1 fJ per operation in this model.
    """

    cells: Mapping[str, CellFigures]
    supply_v: float
    wire_ff_per_pin: float
    power_uw_per_fj: float


@cache
def cells_45nm() -> CellLibrary:
    """Return the cell library of this package."""
    text = resources.files("evoapproxnas.circuits").joinpath("cells_45nm.toml").read_text("utf-8")
    data = tomllib.loads(text)
    cells = {kind: CellFigures(**figures) for kind, figures in data["cells"].items()}
    return CellLibrary(MappingProxyType(cells), **data["technology"])
