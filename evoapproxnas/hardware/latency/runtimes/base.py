"""What a runtime has to be able to do, so that its operations and networks can be timed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.latency.fusion import Fusion
from evoapproxnas.hardware.latency.operation import Operation
from evoapproxnas.networks import Network

Call = Callable[[], object]
"""Runs once; what it returns is of no interest."""


class RuntimeRefuses(MeasurementError):
    """A runtime cannot run an operation or a network as it runs others."""


class Prepared(Protocol):
    """Something that a runtime can run."""

    @property
    def executed(self) -> tuple[str, ...]:
        """What the runtime's model consists of, in its own words; empty where it does not say."""
        ...

    def start(self, copies: int = 1) -> Call:
        """Load it, several times side by side, all of which a call runs one after another.

        Args:
            copies: how many.

        Raises:
            RuntimeRefuses: if the runtime cannot run it.
        """
        ...

    def start_plainly(self, copies: int = 1) -> Call:
        """Likewise, with the runtime's slower kernels for what its fast ones cannot run.

        Args:
            copies: how many.

        Returns:
            What runs all of them once.
        """
        ...


class Runtime(Protocol):
    """Runs networks on this machine.

    Attributes:
        fusion: what it makes one operation of.
        threads: that it uses.
    """

    fusion: Fusion
    threads: int

    @property
    def versions(self) -> Mapping[str, str]:
        """Versions of the packages that decide what is measured."""
        ...

    def operations(self, operations: Sequence[Operation]) -> Sequence[Prepared]:
        """Prepare operations, each on its own.

        Args:
            operations: of any shapes.

        Returns:
            One each, in their order.
        """
        ...

    def network(self, network: Network) -> Prepared:
        """Prepare a whole network, which is started as one copy.

        Args:
            network: the graph; weights are random.

        Returns:
            What starts it.
        """
        ...
