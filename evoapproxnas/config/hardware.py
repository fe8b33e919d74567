"""Section `hardware`: what networks run on, and how that is searched."""

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from evoapproxnas.config.places import absolute, absolute_accelerator
from evoapproxnas.config.section import Name, PlacePath, Section, Values
from evoapproxnas.errors import ConfigError

Places = Annotated[int, Field(ge=1, le=4096)]
Kilobytes = Annotated[float, Field(gt=0, le=1e6)]

SYSTEM_FIGURES = ("system_energy_nj", "latency_ms", "edp", "area_mm2")
"""Figures of accelerators."""
MULTIPLIER_ENERGY = "energy_nj"
"""The figure that is shown wherever one of these is: multipliers are a part of the system."""


class HardwareConfig(Section):
    """What networks run on, for the objectives that depend on it, and how that is searched.

    Lists span a grid of accelerators; where one is empty, all have what their description says.
    """

    accelerator: PlacePath = "eyeriss"
    """Name of an accelerator of the package, or a TOML file; either with "@12x14,108KB,any" after
    it, for another array, buffer and dataflow."""
    latency_table: PlacePath | None = None
    """File of `hardware measure`: `latency_ms` is that of its device, not of the accelerator."""
    interpolate: bool = False
    """Estimate operations that the table has no time of from others of their kind; else networks
    that have such are none of the search."""
    search: Literal["off", "inner", "genes"] = "off"
    """off: all networks run on `accelerator`; inner: each on the best of the grid for
    `inner_objective`; genes: a second chromosome says on which, and evolves with the network."""
    inner_objective: Literal["system_energy_nj", "latency_ms", "edp", "area_mm2"] = "edp"
    """inner: what the accelerator is the best for, among those within the limits if there are
    any."""
    accelerators: Values[PlacePath] = ()
    """Descriptions that the grid varies (none: `accelerator`)."""
    rows: Values[Places] = ()
    """Of the array."""
    columns: Values[Places] = ()
    """Of the array."""
    buffer_kb: Values[Kilobytes] = ()
    """All buffers on the chip together, in units of 1024 bytes."""
    dataflows: Values[Name] = ()
    """weight_stationary, output_stationary, row_stationary, any."""
    priced: int = Field(64, ge=1, le=4096)
    """genes: on how many accelerators each training is priced at most; its points are those that
    nothing dominates. That is all of a grid that has no more; of a larger one, the accelerator of
    its genes and those that differ from it in one gene. 1: the former alone."""
    only: float = Field(0.1, ge=0, le=1)
    """genes: share of the children that differ from their parent in these genes alone, which takes
    no training; none where each training is priced on all of the grid."""
    mutation_rate: float = Field(0.2, gt=0, le=1)
    """genes: probability that one of these is redrawn."""
    crossover_rate: float = Field(0.25, ge=0, le=1)
    """genes: probability that a child has these of two parents."""

    @field_validator("accelerators", "rows", "columns", "buffer_kb", "dataflows")
    @classmethod
    def _different(cls, values: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(set(values)) < len(values):
            raise ValueError("a value must not be in the list twice")
        return values

    @property
    def lists(self) -> dict[str, tuple[Any, ...]]:
        """What the grid is made of, by key."""
        names = ("accelerators", "rows", "columns", "buffer_kb", "dataflows")
        return {name: getattr(self, name) for name in names}

    @property
    def figures(self) -> tuple[str, ...]:
        """What depends on the accelerator: a latency that was measured on a device does not."""
        measured = "latency_ms" if self.latency_table is not None else ""
        return tuple(name for name in SYSTEM_FIGURES if name != measured)

    def without_accelerators(self) -> "HardwareConfig":
        """Return what there is beside accelerators: a device that was measured."""
        return HardwareConfig(latency_table=self.latency_table, interpolate=self.interpolate)

    def with_absolute_paths(self) -> "HardwareConfig":
        """Return the same with files that mean the same from everywhere.

        Raises:
            ConfigError: if one is among the accelerators twice, by two paths.
        """
        accelerators = tuple(map(absolute_accelerator, self.accelerators))
        if twice := [name for name in accelerators if accelerators.count(name) > 1]:
            raise ConfigError(f"hardware.accelerators: {twice[0]} is in the list twice")
        return self.model_copy(
            update={
                "accelerator": absolute_accelerator(self.accelerator),
                "accelerators": accelerators,
                "latency_table": absolute(self.latency_table),
            }
        )

    @property
    def genes(self) -> int:
        """How many genes at the end of a candidate's are about hardware: a place in each list."""
        return len(self.lists) if self.search == "genes" else 0
