"""Stop rules: a campaign ends with the first that holds.

Time stops new work only. What is recorded already is taken over whenever a run is resumed, so
that its front is whole however often it is.
"""

from dataclasses import dataclass

from evoapproxnas.config import SearchConfig
from evoapproxnas.wording import several

BARREN_GENERATIONS = 2
"""After so many generations in a row in which every candidate failed, more would fail."""


@dataclass(frozen=True)
class Spent:
    """What a campaign has used up so far, over all its sessions.

    Attributes:
        generations: complete ones.
        evaluations: candidates evaluated, or failed, on their own account.
        barren: a reason for each of the last generations in a row in which every candidate
            failed.
    """

    generations: int
    evaluations: int
    barren: tuple[str, ...] = ()


def stop_reason(config: SearchConfig, spent: Spent) -> str | None:
    """Say why the campaign ends now, or None if it goes on."""
    if spent.generations > config.generations:
        return f"{several(config.generations, 'generation')} done"
    if evaluations_left(config, spent.evaluations) == 0:
        return f"{config.max_evaluations} evaluations done"
    if len(spent.barren) >= BARREN_GENERATIONS:
        return (
            f"every candidate of the last {len(spent.barren)} generations failed, so that more "
            f"would fail too; the last one: {spent.barren[-1]}"
        )
    return None


def evaluations_left(config: SearchConfig, evaluations: int) -> int | None:
    """Evaluations until `max_evaluations`; None without such a limit."""
    if config.max_evaluations is None:
        return None
    return max(0, config.max_evaluations - evaluations)


def time_is_up(config: SearchConfig, hours: float) -> bool:
    """Whether the hours of all sessions together are spent."""
    return config.max_hours is not None and hours >= config.max_hours


def out_of_time(config: SearchConfig) -> str:
    """Say that they are."""
    return f"{config.max_hours:g} hours spent"
