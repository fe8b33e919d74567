"""What a run took: its outcomes by kind, trainings and passes."""

from dataclasses import dataclass


@dataclass
class Counts:
    """Outcomes so far.

    Attributes:
        done: candidates that have one.
        failures: candidates without figures, copies of such included.
        rejected: candidates that were not evaluated, as they could not be of interest.
        cached: candidates that took over the outcome of an earlier one.
        work: candidates evaluated, or failed, on their own account.
        trainings: steps that trained.
        emulated: candidates that were measured with the weights of another one, or took over what
            these came to on other hardware.
        promotions: steps after a candidate's first.
        reused: steps taken over from another run.
        passes: over the training images, of all trainings.
    """

    done: int = 0
    failures: int = 0
    rejected: int = 0
    cached: int = 0
    work: int = 0
    trainings: int = 0
    emulated: int = 0
    promotions: int = 0
    reused: int = 0
    passes: float = 0.0
