"""What the fast level is asked for, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass

from evoapproxnas.resilience.options import check_counts


@dataclass(frozen=True, kw_only=True)
class QuickOptions:
    """How much is measured.

    Attributes:
        images: on which assignments are verified, of those that are given; None is all.
        sensitivity_images: of these, for the layers alone.
        verify: how many assignments are emulated: exact 8-bit and known ones are among them, and
            all that are known are.
        max_loss_points: assignments that are predicted to lose more, in percentage points below
            exact 8-bit, are not verified.
        least_accuracy: that is of interest, 0..1: where exact 8-bit has less, nothing else is
            verified, and no layer is measured.
        rounds: what is predicted is fitted to what was verified between rounds.
        cache_bytes: memory for what layers gave, which assignments that begin alike share.
    """

    images: int | None = None
    sensitivity_images: int = 128
    verify: int = 10
    max_loss_points: float = 10.0
    least_accuracy: float = 0.0
    rounds: int = 2
    cache_bytes: int = 400_000_000

    def __post_init__(self) -> None:
        """Check the numbers."""
        check_counts(
            images=self.images,
            sensitivity_images=self.sensitivity_images,
            verify=self.verify,
            rounds=self.rounds,
        )


@dataclass(frozen=True, kw_only=True)
class QuickPoint:
    """One verified assignment.

    Attributes:
        multipliers: text by layer, as `approximate` takes it; those of fixed layers too.
        accuracy: on the images, 0..1.
        energy_nj: of the multipliers, for one inference, under uniform operands.
        relative_energy: to the exact 8-bit multiplier.
        front: whether no other is better in both accuracy and energy.
    """

    multipliers: Mapping[str, str]
    accuracy: float
    energy_nj: float
    relative_energy: float
    front: bool


@dataclass(frozen=True, kw_only=True)
class QuickFront:
    """What was found.

    Attributes:
        points: all verified assignments; the first is exact 8-bit, then come those that were
            known, as they were given.
        stays_exact: layers that no multiplier can be exchanged in, with the reason.
    """

    points: tuple[QuickPoint, ...]
    stays_exact: tuple[str, ...]

    @property
    def members(self) -> tuple[QuickPoint, ...]:
        """Those on the front, by falling energy."""
        return tuple(sorted((p for p in self.points if p.front), key=lambda p: -p.energy_nj))
