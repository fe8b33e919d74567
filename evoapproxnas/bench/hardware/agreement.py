"""The analytic model beside a reference, shape by shape and as a summary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evoapproxnas.bench.hardware.references import Reference
from evoapproxnas.hardware.accelerators import Accelerator, Shape, layer_cost
from evoapproxnas.hardware.devices.ranks import rank_correlation


@dataclass(frozen=True)
class Compared:
    """A layer on an accelerator; energy is that of memories, as MACs come on top of both alike.

    Attributes:
        layer: what it is.
        accelerator: that it runs on.
        energy_ratio: analytic to reference.
        cycles_ratio: likewise.
        energy_nj: by the analytic model.
        reference_nj: by the reference.
        cycles: by the analytic model.
        reference_cycles: by the reference.
    """

    layer: str
    accelerator: str
    energy_ratio: float
    cycles_ratio: float
    energy_nj: float
    reference_nj: float
    cycles: float
    reference_cycles: float


@dataclass(frozen=True)
class Agreement:
    """How far the model agrees with a reference on one accelerator.

    Attributes:
        accelerator: its name.
        layers: how many were compared.
        energy_error_pct: median of the errors of energy.
        energy_error_p90_pct: their 90th percentile.
        energy_rank: Spearman's rank correlation of energies.
        cycles_error_pct: median of the errors of cycles.
        cycles_error_p90_pct: their 90th percentile.
        cycles_rank: rank correlation of cycles.
    """

    accelerator: str
    layers: int
    energy_error_pct: float
    energy_error_p90_pct: float
    energy_rank: float
    cycles_error_pct: float
    cycles_error_p90_pct: float
    cycles_rank: float


def compare(
    layers: Mapping[str, Shape], accelerator: Accelerator, reference: Reference
) -> list[Compared]:
    """Compare the layers that the reference knows.

    Args:
        layers: shapes by name.
        accelerator: that they run on.
        reference: what the analytic model is compared with.

    Returns:
        A row for each layer that the reference knows.
    """
    rows = []
    for name, shape in layers.items():
        theirs = reference.figures(shape, accelerator)
        if theirs is None:
            continue
        ours = layer_cost(shape, accelerator)
        rows.append(
            Compared(
                layer=name,
                accelerator=accelerator.name,
                energy_ratio=ours.energy_pj / theirs.energy_pj,
                cycles_ratio=ours.cycles / theirs.cycles,
                energy_nj=ours.energy_pj / 1000,
                reference_nj=theirs.energy_pj / 1000,
                cycles=ours.cycles,
                reference_cycles=theirs.cycles,
            )
        )
    return rows


def agreement(rows: Sequence[Compared]) -> Agreement:
    """Return the sums over layers on one accelerator.

    Args:
        rows: layers that were compared; at least one.
    """
    energy = _errors([row.energy_ratio for row in rows])
    cycles = _errors([row.cycles_ratio for row in rows])
    return Agreement(
        accelerator=rows[0].accelerator,
        layers=len(rows),
        energy_error_pct=energy[0],
        energy_error_p90_pct=energy[1],
        energy_rank=rank_correlation(
            [row.energy_nj for row in rows], [row.reference_nj for row in rows]
        ),
        cycles_error_pct=cycles[0],
        cycles_error_p90_pct=cycles[1],
        cycles_rank=rank_correlation(
            [row.cycles for row in rows], [row.reference_cycles for row in rows]
        ),
    )


def _errors(ratios: Sequence[float]) -> tuple[float, float]:
    """Median and 90th percentile, in percent."""
    errors = 100 * np.abs(np.array(ratios) - 1)
    return float(np.median(errors)), float(np.quantile(errors, 0.9))
