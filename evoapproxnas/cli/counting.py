"""What a campaign took, in words."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evoapproxnas.store import Counts


def work_told(work: "Counts") -> list[str]:
    """Say what a campaign took so far, in a few words each; what there was none of is left out."""
    trained = f"{work.trainings} trainings of {work.passes:g} passes in all"
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
