"""What was measured of a machine's kernels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from evoapproxnas.emulation.kernels.choice.machine import Machine
from evoapproxnas.emulation.kernels.choice.work import Count, Family, LayerWork

SCHEMA = 1
"""Of the file, and of what the figures mean; raise it when either changes."""


@dataclass(frozen=True)
class Sample:
    """A call that was timed.

    Attributes:
        work: the call.
        terms: products that stood for one of the table; 1 for look-ups.
        seconds: that it took.
    """

    work: LayerWork
    terms: Count
    seconds: Annotated[float, Field(gt=0)]


@dataclass(frozen=True)
class KernelTimes:
    """What is known of a kernel.

    Attributes:
        constants: nanoseconds of each quantity that counts (see `work.QUANTITIES`), by family;
            none for a kernel that is too slow to be of use.
        samples: the calls that constants were fitted to.
    """

    constants: Mapping[Family, Mapping[str, Annotated[float, Field(ge=0)]]]
    samples: tuple[Sample, ...]


@dataclass(frozen=True)
class ThreadTimes:
    """All kernels with one number of threads.

    Attributes:
        threads: that each call was given.
        kernels: by name.
    """

    threads: Annotated[int, Field(ge=1)]
    kernels: Mapping[str, KernelTimes]


@dataclass(frozen=True)
class Measurement:
    """All that was measured.

    Attributes:
        schema: see `SCHEMA`.
        machine: where.
        date: when, as in ISO 8601.
        by_threads: for one and for all threads.
    """

    schema: int
    machine: Machine
    date: str
    by_threads: Annotated[tuple[ThreadTimes, ...], Field(min_length=1)]

    def with_threads(self, threads: int) -> ThreadTimes:
        """Return what was measured with the number of threads of the smallest ratio to this.

        Args:
            threads: that a call has.
        """
        return min(
            self.by_threads,
            key=lambda each: max(each.threads / threads, threads / each.threads),
        )
