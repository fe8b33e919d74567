"""What a search for assignments is asked for, and what it found."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import pandas as pd

from evoapproxnas.arguments import check_amount
from evoapproxnas.errors import ConfigError
from evoapproxnas.files import write_atomically
from evoapproxnas.multipliers import label_of
from evoapproxnas.nsga2_arrays import Evolution
from evoapproxnas.pareto import non_dominated
from evoapproxnas.quantization import Quantization
from evoapproxnas.resilience.choices import Wanted
from evoapproxnas.resilience.energy import Operands, with_energies
from evoapproxnas.resilience.options import (
    as_tuple,
    as_widths,
    check_counts,
    check_numbers,
    check_ranges,
)

Method = Literal["surrogate", "gradient"]
"""How assignments are found: see `surrogate` and the folder `gradient`."""


@dataclass(frozen=True, kw_only=True)
class AssignOptions:
    """What is searched, and for how long.

    Attributes:
        multipliers: what a layer chooses from: names or shell patterns over the library, with
            operand widths ("mul8u_exact_a6w4", "mul8u_or*@a7w6") or without, of one signedness;
            "all" is all unsigned ones. Or multipliers themselves.
        bits: exact multipliers of such narrower operands are choices, too: 6, or "a6w4".
        quantization: of all layers, but for the widths of what they choose; ranges of activations
            are calibrated, not those of batches.
        method: "surrogate" measures what each layer loses with each multiplier, "gradient" learns
            how much noise each layer takes, and matches multipliers with that.
        images: validation images on which assignments are verified; None is all.
        sensitivity_images: of these, for the sensitivity of single layers.
        verify: how many assignments are emulated.
        rounds: the predicted losses are fitted to what is verified between rounds.
        evolution: size of the NSGA-II on the surrogate, in each round; or a mapping such as
            {"population": 50, "generations": 100}. Method "gradient" does not need it.
        operands: energy counts under "uniform" ones, as published, or those of the "network".
        max_loss_points: assignments that are predicted to lose more are not verified.
        seed: decides the search.
        time_limit_seconds: no assignment is verified after so long.
        calibration_images: training images that fix the ranges.
        test_images: on which the front is reported; None is all.
        pixel_scale: what a pixel of 255 is for the model.
        include_dense: whether dense layers are chosen for, too.
        groups: of the output channels of each convolution; each gets a multiplier, see
            `channel_groups`. Then multipliers all have 8-bit operands, and energy counts under
            uniform ones.
    """

    multipliers: tuple[Wanted, ...] = ("all",)
    bits: tuple[int | str, ...] = ()
    quantization: Quantization = Quantization()
    method: Method = "surrogate"
    images: int | None = None
    sensitivity_images: int = 500
    verify: int = 100
    rounds: int = 8
    evolution: Evolution = Evolution()
    operands: Operands = "uniform"
    max_loss_points: float = 10.0
    seed: int = 0
    time_limit_seconds: float | None = None
    calibration_images: int = 256
    test_images: int | None = None
    pixel_scale: float = 255.0
    include_dense: bool = False
    groups: int = 1

    def __post_init__(self) -> None:
        """Take one multiplier or width for a tuple of it, and check the numbers."""
        object.__setattr__(self, "multipliers", as_tuple(self.multipliers))
        object.__setattr__(self, "bits", as_widths(self.bits))
        object.__setattr__(self, "evolution", Evolution.of(self.evolution))
        check_ranges(self.quantization)
        if self.method not in get_args(Method):
            raise ConfigError(f"method must be 'surrogate' or 'gradient', got {self.method!r:.60}")
        check_amount("max_loss_points", self.max_loss_points)
        if self.time_limit_seconds is not None:
            check_amount("time_limit_seconds", self.time_limit_seconds)
        check_numbers(seed=self.seed, pixel_scale=self.pixel_scale)
        check_counts(
            images=self.images,
            sensitivity_images=self.sensitivity_images,
            verify=self.verify,
            rounds=self.rounds,
            calibration_images=self.calibration_images,
            test_images=self.test_images,
            groups=self.groups,
        )
        if self.groups > 1 and self.method == "gradient":
            raise ConfigError(
                "the noise that layers take is learned for whole layers; use method='surrogate' "
                "with groups of channels, or groups=1"
            )
        if self.groups > 1 and self.operands != "uniform":
            raise ConfigError(
                f"energy under operands={self.operands!r} is known for whole layers; use "
                "'uniform' with groups of channels, or groups=1"
            )


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """One verified assignment.

    Attributes:
        id: "a000" is exact 8-bit.
        round: in which it was verified.
        multipliers: text by layer, those of fixed layers too, as `approximate` takes it: a name,
            with operand widths where the name does not say them, or several with the channels
            of each, see `FilterGroups`.
        squared_error: predicted, of the scores; assignments are searched by it.
        predicted_loss_points: what went with it when the assignment was chosen.
        accuracy: on validation images, 0..1.
        loss_points: percentage points below exact 8-bit.
        energy_nj: of the multipliers, for one inference, under the operands asked for.
        relative_energy: to the exact 8-bit multiplier under the same operands.
        seconds: the emulation took.
        uniform_energy_nj: under uniform operands, where a network's are asked for; else NaN.
        uniform_relative_energy: likewise.
        front: whether no verified assignment is better in both accuracy and energy.
        test_accuracy: of front members, for reporting; NaN where it is not known.
        test_loss_points: likewise.
    """

    id: str
    round: int
    multipliers: Mapping[str, str]
    squared_error: float
    predicted_loss_points: float
    accuracy: float
    loss_points: float
    energy_nj: float
    relative_energy: float
    seconds: float
    uniform_energy_nj: float = float("nan")
    uniform_relative_energy: float = float("nan")
    front: bool = False
    test_accuracy: float = float("nan")
    test_loss_points: float = float("nan")

    def text(self) -> dict[str, object]:
        """Return the cells of a journal's row."""
        return asdict(self) | {"multipliers": json.dumps(dict(self.multipliers))}

    def __str__(self) -> str:
        """Say what came out, in a line."""
        return (
            f"{self.id}: {self.loss_points:+.2f} points lost ({self.predicted_loss_points:+.2f} "
            f"predicted), energy {self.relative_energy:.3f} of exact 8-bit"
        )


def columns(operands: Operands) -> tuple[str, ...]:
    """Return what is known when an assignment was verified."""
    return tuple(field.name for field in fields(Assigned))[: 10 if operands == "uniform" else 12]


@dataclass(frozen=True, repr=False)
class AssignResult:
    """What the search found.

    Attributes:
        verified: every assignment that was emulated, in order.
        rank_correlation: Spearman's, of predicted squared error and verified loss of all but
            exact 8-bit. Nothing is fitted that could change it.
        evaluations_per_minute: assignments emulated on all validation images.
        stays_exact: layers without an approximate counterpart, with the reason.
    """

    verified: tuple[Assigned, ...]
    rank_correlation: float
    evaluations_per_minute: float
    stays_exact: tuple[str, ...]

    @property
    def members(self) -> tuple[Assigned, ...]:
        """Those on the front, by falling energy."""
        return tuple(sorted((a for a in self.verified if a.front), key=lambda a: -a.energy_nj))

    def table(self) -> pd.DataFrame:
        """Return one row per verified assignment; its multipliers as text, without channels."""
        frame = pd.DataFrame([asdict(assigned) for assigned in self.verified])
        frame["multipliers"] = [_in_words(a.multipliers) for a in self.verified]
        return with_energies(frame)

    def front(self) -> pd.DataFrame:
        """Return the rows of the front, by falling energy."""
        rows = self.table().drop(columns="front").set_index("id")
        return rows.loc[[a.id for a in self.members]].reset_index()

    def __repr__(self) -> str:
        """Say how much there is."""
        return f"AssignResult({len(self.verified)} verified, {len(self.members)} on the front)"

    def write(self, folder: Path) -> None:
        """Write `front.csv` and `assignments.json`.

        Args:
            folder: that holds both.

        Raises:
            StoreError: if they cannot be written.
        """
        write_atomically(folder / "front.csv", self.front().to_csv(index=False))
        assignments = {a.id: dict(a.multipliers) for a in self.members}
        write_atomically(folder / "assignments.json", json.dumps(assignments, indent=2) + "\n")


def mark_front(verified: Sequence[Assigned]) -> list[Assigned]:
    """Say of each assignment whether it is on the front."""
    points = np.array([[-a.accuracy, a.energy_nj] for a in verified])
    return [
        replace(a, front=bool(best))
        for a, best in zip(verified, non_dominated(points), strict=True)
    ]


def rank_correlation(verified: Sequence[Assigned]) -> float:
    """Return Spearman's of predicted squared errors and verified losses, NaN for constant ones.

    See `AssignResult`.
    """
    searched = [(a.squared_error, a.loss_points) for a in verified if a.round]
    frame = pd.DataFrame(searched, columns=["predicted", "verified"])
    if frame.nunique().min() < 2:
        return float("nan")
    return float(frame["predicted"].corr(frame["verified"], method="spearman"))


def _in_words(multipliers: Mapping[str, str]) -> str:
    return "; ".join(f"{layer}: {label_of(name)}" for layer, name in multipliers.items())
