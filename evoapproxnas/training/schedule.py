"""Learning rates over a training."""

import math
from collections.abc import Callable, Mapping

WARMUP = 0.2
"""Part of all steps in which a rate rises, where it does."""


def one_cycle(step: int, *, total_steps: int, peak: float) -> float:
    """Return the learning rate of a step: a linear rise to the peak, then a cosine to zero.

    Source: L. N. Smith, N. Topin, "Super-Convergence", 2019, with a cosine as in fast.ai; the
    rate would reach zero at `total_steps`, one step after the last.

    Args:
        step: 0 .. total_steps - 1.
        total_steps: steps of the whole training, at least 1.
        peak: the highest rate.
    """
    rising = _rising(total_steps)
    if step < rising:
        return peak * (step + 1) / rising
    return 0.5 * peak * (1 + math.cos(math.pi * (step + 1 - rising) / (total_steps + 1 - rising)))


def cosine(step: int, *, total_steps: int, peak: float) -> float:
    """Return the learning rate of a step: half a cosine from the peak to zero, no rise.

    Source: I. Loshchilov, F. Hutter, "SGDR", 2017, without restarts.

    Args:
        step: 0 .. total_steps - 1.
        total_steps: steps of the whole training, at least 1.
        peak: the rate of step 0.
    """
    return 0.5 * peak * (1 + math.cos(math.pi * step / total_steps))


def triangular(step: int, *, total_steps: int, peak: float) -> float:
    """Return the learning rate of a step: a linear rise to the peak, then a linear fall to zero.

    Args:
        step: 0 .. total_steps - 1.
        total_steps: steps of the whole training, at least 1.
        peak: the highest rate.
    """
    rising = _rising(total_steps)
    if step < rising:
        return peak * (step + 1) / rising
    return peak * (total_steps - step) / (total_steps + 1 - rising)


def constant(step: int, *, total_steps: int, peak: float) -> float:
    """Return the learning rate of a step: a linear rise to the peak, which then holds.

    Made for trainings that may go on: with a moving average of the weights in place of a fall.

    Args:
        step: 0 .. total_steps - 1.
        total_steps: steps of the whole training, at least 1.
        peak: the highest rate.
    """
    return peak * min(1.0, (step + 1) / _rising(total_steps))


def _rising(total_steps: int) -> int:
    """Steps in which a rate rises."""
    return max(1, round(WARMUP * total_steps))


SCHEDULES: Mapping[str, Callable[..., float]] = {
    "one_cycle": one_cycle,
    "cosine": cosine,
    "triangular": triangular,
    "constant": constant,
}
"""By the name that `TrainingConfig.schedule` gives."""
