"""Stop rules: a campaign ends with the first that holds."""

from dataclasses import dataclass

from evoapproxnas.config import SearchConfig


@dataclass(frozen=True)
class Spent:
    """What a campaign has used up so far, over all its sessions."""

    generations: int
    evaluations: int
    hours: float


def stop_reason(config: SearchConfig, spent: Spent) -> str | None:
    """Say why the campaign ends now, or None if it goes on."""
    if spent.generations > config.generations:
        return f"{config.generations} generations done"
    if evaluations_left(config, spent.evaluations) == 0:
        return f"{config.max_evaluations} evaluations done"
    if config.max_hours is not None and spent.hours >= config.max_hours:
        return f"{config.max_hours:g} hours spent"
    return None


def evaluations_left(config: SearchConfig, evaluations: int) -> int | None:
    """Evaluations until `max_evaluations`; None without such a limit."""
    if config.max_evaluations is None:
        return None
    return max(0, config.max_evaluations - evaluations)
