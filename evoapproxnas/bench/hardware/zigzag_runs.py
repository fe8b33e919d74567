"""ZigZag in processes of its own, while this one does something else; what is known is not redone.

Every result is kept as soon as it is there, so that a bench which is interrupted goes on where it
was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType

from evoapproxnas.executors import ProcessExecutor, Result, Task
from evoapproxnas.hardware.accelerators import Accelerator, LayerCost, Shape
from evoapproxnas.hardware.zigzag import ZigzagCache, evaluate_layer, require_zigzag
from evoapproxnas.records import Failure

Pair = tuple[Shape, Accelerator]
_TIMEOUT_SECONDS = 3600.0
_MEMORY_GB = 4.0


@dataclass(frozen=True)
class ZigzagTask:
    """A layer on an accelerator."""

    shape: Shape
    accelerator: Accelerator


def evaluate(task: Task) -> Result:
    """Let ZigZag evaluate a layer.

    Raises:
        EnvironmentBroken: if it is not installed.
        ConfigError: if the layer does not fit.
    """
    work = task.read(ZigzagTask)
    return Result.of(evaluate_layer(work.shape, work.accelerator))


class ZigzagRuns:
    """Costs of layers on accelerators, as they come; use it in a `with` block.

    Attributes:
        version: of ZigZag.
        costs: what is there so far.
        waiting: pairs that are not known yet, in order.
        failed: why others have no cost.
    """

    def __init__(
        self, pairs: Sequence[Pair], *, workers: int, cache: ZigzagCache | None = None
    ) -> None:
        """Take what is known, and begin with the rest.

        Args:
            pairs: layers and accelerators.
            workers: processes.
            cache: of results; that of the user unless one is given.

        Raises:
            EnvironmentBroken: if ZigZag is not installed.
        """
        self.version = require_zigzag()
        self._cache = cache or ZigzagCache(self.version)
        found = {pair: self._cache.get(*pair) for pair in pairs}
        self.costs: dict[Pair, LayerCost] = {p: c for p, c in found.items() if c is not None}
        self.waiting = [pair for pair in found if found[pair] is None]
        self.failed: dict[Pair, str] = {}
        self._executor = ProcessExecutor(
            workers=min(workers, max(len(self.waiting), 1)),
            threads_per_worker=1,
            timeout_seconds=_TIMEOUT_SECONDS,
            memory_gb=_MEMORY_GB,
        )
        self._pairs = {
            self._executor.submit(Task.of(evaluate, ZigzagTask(*pair))): pair
            for pair in self.waiting
        }

    def __enter__(self) -> "ZigzagRuns":
        """Start the processes."""
        if self.waiting:
            self._executor.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop them at once."""
        self._executor.close()

    def completed(self) -> Iterator[Pair]:
        """Yield each pair when its cost, or why it has none, is known; waits for what is left.

        Raises:
            ConfigError: if a layer does not fit an accelerator.
            EnvironmentBroken: if no process can work.
        """
        for ticket, outcome in self._executor.completed():
            pair = self._pairs[ticket]
            if isinstance(outcome, Failure):
                self.failed[pair] = outcome.reason
            else:
                self.costs[pair] = cost = outcome.read(LayerCost)
                self._cache.put(*pair, cost)
            yield pair
