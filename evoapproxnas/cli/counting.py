"""What a campaign took and found, in words."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from evoapproxnas.cli.output import cell
from evoapproxnas.wording import several

if TYPE_CHECKING:
    from evoapproxnas.store import Counts

_RUNGS = 4
"""Of which the trainings are told apart."""


def work_told(work: "Counts") -> list[str]:
    """Say what a campaign took so far, in a few words each; what there was none of is left out."""
    trained = f"{several(work.trainings, 'training')} of {several(work.passes, 'pass')} in all"
    parts = [
        (work.trainings, trained),
        (work.promotions, f"{work.promotions} promoted"),
        (work.emulated, f"{work.emulated} emulated only"),
        (work.reused, f"{work.reused} reused"),
        (work.rejected, f"{work.rejected} rejected"),
        (work.failures, f"{work.failures} failed"),
        (work.cached, f"{work.cached} cached"),
    ]
    return [text for number, text in parts if number]


def trainings_told(work: "Counts", by_rung: Sequence[int]) -> str:
    """Say how many trainings there were: on the first rung, on the second, and so on."""
    told = f"{work.trainings} of {several(work.passes, 'pass')}"
    if len(by_rung) < 2:
        return told
    parts = [f"{count} on rung {rung}" for rung, count in enumerate(by_rung[:_RUNGS], start=1)]
    if more := sum(by_rung[_RUNGS:]):
        parts.append(f"{more} beyond")
    return f"{told}: {', '.join(parts)}"


def agreement_told(row: Mapping[Hashable, Any]) -> str:
    """Say how well two rungs agree: a row of `Run.rung_agreement`."""
    overall, within, candidates = row["spearman"], row["within_bins"], row["candidates"]
    if math.isnan(overall):
        return f"too few candidates that differ for a rank correlation ({candidates})"
    told = f"rank correlation {overall:.2f}"
    told += "" if math.isnan(within) else f", {within:.2f} among equal MACs"
    return f"{told} ({several(candidates, 'candidate')})"


def column_told(
    name: str, values: Sequence[float | None], *, of_networks: bool
) -> tuple[str, list[str]]:
    """Return the heading of a figure, and values of it as text.

    Args:
        name: of the figure.
        values: None and NaN where it is not known.
        of_networks: whether an error is the share of images that are classified wrongly.
    """
    headings = {"relative_energy": "of exact 8-bit", "energy_nj": "energy nJ"}
    if name == "error" and of_networks:
        known = [v is not None and math.isfinite(v) for v in values]
        shares = [100 * (1 - (v or 0.0)) for v in values]
        pairs = zip(shares, known, strict=True)
        return "accuracy", [f"{share:.1f} %" if is_known else "-" for share, is_known in pairs]
    return headings.get(name, name), [cell(value) for value in values]


def clock(seconds: float) -> str:
    """Hours, minutes and seconds; a campaign may take more than a day."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}"
