"""What a sweep is asked for, and what it measures."""

from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from evoapproxnas.arguments import check_amount
from evoapproxnas.errors import ConfigError
from evoapproxnas.pareto import non_dominated
from evoapproxnas.quantization import Quantization
from evoapproxnas.resilience.choices import Wanted
from evoapproxnas.resilience.energy import Operands, with_energies
from evoapproxnas.resilience.measured import Split
from evoapproxnas.resilience.options import (
    as_tuple,
    as_widths,
    check_counts,
    check_numbers,
    check_ranges,
)


@dataclass(frozen=True, kw_only=True)
class SweepOptions:
    """What is swept, and on what.

    Attributes:
        multipliers: names or shell patterns over the library, with operand widths or without;
            "all" is everything. Or multipliers themselves.
        quantization: of all layers; ranges of activations are calibrated, not those of batches.
        corrections: each circuit is measured with these values of `error_correction`; empty is
            that of the quantization.
        tune_weights: see `Quantization`; circuits only.
        bits: narrower operands at which the exact multiplier is measured, as a baseline: 6, or
            "a6w4" for activations and weights.
        split: which images.
        images: so many of them; None is all.
        screen: circuits without hope are given up after so many images; None gives up none.
        screen_margin: points of loss against exact 8-bit, beyond twice the standard error, from
            which a circuit has no hope.
        calibration_images: training images that fix the ranges.
        pixel_scale: what a pixel of 255 is for the model.
        include_dense: whether dense layers get the multiplier, too.
        operands: energy counts under "uniform" ones, as published, or those of the "network".
    """

    multipliers: tuple[Wanted, ...] = ("all",)
    quantization: Quantization = Quantization()
    corrections: tuple[bool, ...] = ()
    bits: tuple[int | str, ...] = (7, 6, 5, 4)
    split: Split = "test"
    images: int | None = None
    screen: int | None = None
    screen_margin: float = 15.0
    calibration_images: int = 256
    pixel_scale: float = 255.0
    include_dense: bool = False
    operands: Operands = "uniform"

    def __post_init__(self) -> None:
        """Take one multiplier or width for a tuple of it, and check the numbers."""
        object.__setattr__(self, "multipliers", as_tuple(self.multipliers))
        object.__setattr__(self, "bits", as_widths(self.bits))
        object.__setattr__(self, "corrections", _as_corrections(self.corrections))
        check_ranges(self.quantization)
        check_amount("screen_margin", self.screen_margin)
        check_numbers(seed=0, pixel_scale=self.pixel_scale)
        check_counts(
            images=self.images, screen=self.screen, calibration_images=self.calibration_images
        )


def _as_corrections(given: Any) -> tuple[bool, ...]:
    corrections = tuple(given) if isinstance(given, (list, tuple)) else (given,)
    if not all(isinstance(each, bool) for each in corrections):
        raise ConfigError(f"corrections are True, False or both, got {given!r:.60}")
    return corrections


@dataclass(frozen=True, kw_only=True)
class SweepRow:
    """One measurement.

    Attributes:
        kind: "float", "exact" (8 bits), "narrow" (exact, fewer bits) or "circuit"; "saved" is a
            model with approximate layers as its file has it.
        multiplier: name, with operand widths where it does not say them; "float" for none.
        digest: of its table.
        weight_scheme: where the sign of weights goes.
        error_correction: None where there is no error to correct.
        bits: width of activations, and of weights where the name says no other; 32 for float.
        images: how many were looked at; fewer for circuits that were given up.
        accuracy: on these, 0..1.
        loss_points: percentage points below exact 8-bit of the same scheme, on these images.
        energy_nj: of the multipliers, for one inference, under the operands asked for.
        relative_energy: to the exact 8-bit multiplier of the same signedness, likewise.
        screened: whether it was given up early.
        uniform_energy_nj: under uniform operands, where a network's are asked for; else NaN.
        uniform_relative_energy: likewise.
    """

    kind: str
    multiplier: str
    digest: str = ""
    weight_scheme: str = ""
    error_correction: bool | None = None
    bits: int
    images: int
    accuracy: float
    loss_points: float = float("nan")
    energy_nj: float = float("nan")
    relative_energy: float = float("nan")
    screened: bool = False
    uniform_energy_nj: float = float("nan")
    uniform_relative_energy: float = float("nan")

    @property
    def key(self) -> tuple[object, ...]:
        """What was measured, whatever came out."""
        widths = self.multiplier.partition("@")[2]
        return self.kind, self.digest, self.weight_scheme, self.error_correction, self.bits, widths


def columns(operands: Operands) -> tuple[str, ...]:
    """Return what a row in the journal holds."""
    return tuple(field.name for field in fields(SweepRow))[: -2 if operands == "uniform" else None]


@dataclass(frozen=True, repr=False)
class SweepResult:
    """All measurements in the order they were made, and the layers that were not replaced.

    Attributes:
        rows: all measurements, in the order in which they were made.
        stays_exact: layers without an approximate counterpart, with the reason.
    """

    rows: tuple[SweepRow, ...]
    stays_exact: tuple[str, ...]

    def table(self) -> pd.DataFrame:
        """Return one row per measurement, without digests."""
        return with_energies(
            pd.DataFrame([asdict(row) for row in self.rows]).drop(columns="digest")
        )

    def front(self) -> pd.DataFrame:
        """Return what no other beats in accuracy and energy, exact multipliers included."""
        table = self.table()
        measured = table[table["energy_nj"].notna() & ~table["screened"]]
        best = non_dominated(np.column_stack([-measured["accuracy"], measured["energy_nj"]]))
        return measured[best].sort_values("energy_nj", ascending=False).reset_index(drop=True)

    def __repr__(self) -> str:
        """Say how much there is."""
        return f"SweepResult({len(self.rows)} rows, {len(self.front())} on the front)"
