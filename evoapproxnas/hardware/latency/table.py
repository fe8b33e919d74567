"""The latency table of a machine: what each operation of a space takes there, as a file."""

import functools
import hashlib
import json
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from evoapproxnas.errors import ConfigError, MeasurementError, UnknownNameError
from evoapproxnas.files import check_format, decode, encode_json, read_json, write_atomically
from evoapproxnas.hardware.latency.fusion import FUSIONS, Fusion, operation_counts
from evoapproxnas.hardware.latency.interpolation import Interpolation
from evoapproxnas.hardware.latency.operation import Operation
from evoapproxnas.hardware.latency.timing import Repetitions
from evoapproxnas.networks import Network
from evoapproxnas.networks.checked_ops import Side
from evoapproxnas.networks.ops import Shape

Statistic = Literal["median", "fastest"]
_Milliseconds = Annotated[float, Field(ge=0, le=1e9)]
"""No longer than eleven days, as what networks take."""
_FORMAT = 1
_NAMED = 3
"""Missing operations that a message names."""


@dataclass(frozen=True)
class MeasuredOperation:
    """An operation and what it takes.

    Attributes:
        operation: what was measured.
        ms: what one more of it adds to a model's time, median.
        fastest_ms: likewise, from the fastest repetitions.
        call_ms: what calling the runtime added.
        repetitions: that were timed.
        plain: whether the runtime's fast kernels refused it, and its slower ones ran instead.
        executed: what the runtime's model consisted of.
    """

    operation: Operation
    ms: _Milliseconds
    fastest_ms: _Milliseconds
    call_ms: _Milliseconds
    repetitions: Annotated[int, Field(ge=1)]
    plain: bool = False
    executed: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckedAgainst:
    """How well a table predicted networks when it was made.

    Attributes:
        networks: that were measured as a whole.
        spearman: rank correlation of predicted and measured latency, medians.
        fastest_spearman: likewise of the fastest repetitions.
        error_pct: median of the absolute error of a network, relative to its latency.
        interpolated_pct: operations of theirs that the table had no time of.
        others: networks whose operators were not those that the table expects.
        refused: networks that the runtime could not run, beside those.
    """

    networks: int
    spearman: float
    fastest_spearman: float
    error_pct: float
    interpolated_pct: float
    others: int
    refused: int


@dataclass(frozen=True)
class Prediction:
    """Latency of a network.

    Attributes:
        ms: all of it.
        interpolated_ms: part of it, of operations that were not measured.
        interpolated: these operations.
    """

    ms: float
    interpolated_ms: float = 0.0
    interpolated: tuple[Operation, ...] = ()


@dataclass(frozen=True)
class DeviceTable:
    """What operations take on a machine.

    Attributes:
        runtime: name of the runtime, which says what it fuses.
        threads: that ran an operation.
        space: name of the space that the operations are of.
        input_shape: of its images.
        classes: of its networks.
        machine: processor, versions, date and load, for people.
        repetitions: how often an operation was run.
        operations: what was measured.
        check: against whole networks, if that was done.
        adapted_from: name of the table that it was made of for another device, if it was.
        format: of the file.
    """

    runtime: Literal["litert", "tensorflow"]
    threads: Annotated[int, Field(ge=1)]
    space: str
    input_shape: tuple[Side, Side, Side]
    classes: Side
    machine: Mapping[str, Any]
    repetitions: Repetitions = Repetitions()
    operations: tuple[MeasuredOperation, ...] = ()
    check: CheckedAgainst | None = None
    adapted_from: str | None = None
    format: Literal[1] = 1

    @property
    def fusion(self) -> Fusion:
        """What its runtime makes one operation of."""
        return FUSIONS[self.runtime]

    @cached_property
    def measured(self) -> Mapping[Operation, MeasuredOperation]:
        """By operation."""
        return {each.operation: each for each in self.operations}

    @cached_property
    def call_ms(self) -> float:
        """What calling the runtime takes, whatever the network; 0 for an empty table."""
        return statistics.median([each.call_ms for each in self.operations] or [0.0])

    @cached_property
    def digest(self) -> str:
        """Digest of all that predictions follow from, 12 hex digits."""
        times = sorted((each.operation.name, each.ms, each.call_ms) for each in self.operations)
        return hashlib.sha256(json.dumps([self.runtime, times]).encode()).hexdigest()[:12]

    def predict(
        self, network: Network, *, interpolate: bool = False, statistic: Statistic = "median"
    ) -> Prediction:
        """Add up what the operations of a network take.

        Args:
            network: any network of the same space.
            interpolate: estimate operations that were not measured from others of their kind.
            statistic: of the repetitions.

        Returns:
            The time in ms, the part of it that was interpolated, and what was not measured.

        Raises:
            MeasurementError: if an operation was not measured, and is not to be interpolated or
                cannot be.
        """
        counts = operation_counts(network, self.fusion)
        missing = tuple(operation for operation in counts if operation not in self.measured)
        if missing and not interpolate:
            raise MeasurementError(self._lacks(missing))
        times = self.times(network, statistic=statistic)
        rest = sum(counts[operation] * times[operation] for operation in missing)
        total = sum(count * times[operation] for operation, count in counts.items())
        return Prediction(self.call_ms + total, rest, missing)

    def times(
        self, network: Network, *, statistic: Statistic = "median"
    ) -> Mapping[Operation, float]:
        """What each operation of a network takes in ms, interpolated where it was not measured.

        Args:
            network: whose operations are looked up.
            statistic: of the repeated measurements.

        Raises:
            MeasurementError: if no operation of its kind was measured.
        """
        known, estimates = self._of_statistic[statistic]
        return {
            operation: known[operation]
            if operation in known
            else estimates.milliseconds(operation)
            for operation in operation_counts(network, self.fusion)
        }

    def check_space(self, input_shape: Shape, classes: int, *, where: str) -> None:
        """Refuse networks of other images or classes, which the operations are not of.

        Args:
            input_shape: of their images.
            classes: that they tell apart.
            where: the file, for the message.

        Raises:
            ConfigError: naming both.
        """
        if (self.input_shape, self.classes) != (tuple(input_shape), classes):
            raise ConfigError(
                f"{where} is of another space, {self.space}: images {_size(self.input_shape)} and "
                f"{self.classes} classes; this one has {_size(input_shape)} and {classes}; "
                "measure this one with 'hardware measure'"
            )

    def with_operation(self, measured: MeasuredOperation) -> Self:
        """Return the table with one more operation.

        Args:
            measured: the operation with its times.
        """
        return replace(self, operations=(*self.operations, measured), check=None)

    def _lacks(self, missing: tuple[Operation, ...]) -> str:
        named = "; ".join(operation.name for operation in missing[:_NAMED])
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        return (
            f"the latency table of {self.space} has no time for {named}{more}; measure more of "
            "the space into the same file (hardware measure --minutes), or estimate what is "
            "missing with hardware.interpolate = true"
        )

    @cached_property
    def _of_statistic(self) -> Mapping[Statistic, tuple[Mapping[Operation, float], Interpolation]]:
        medians = {each.operation: each.ms for each in self.operations}
        fastest = {each.operation: each.fastest_ms for each in self.operations}
        return {
            "median": (medians, Interpolation(medians)),
            "fastest": (fastest, Interpolation(fastest)),
        }

    def save(self, path: Path) -> None:
        """Write the table as JSON.

        Args:
            path: of the file.

        Raises:
            StoreError: if the file cannot be written.
        """
        write_atomically(path, encode_json(self, indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote.

        Args:
            path: of the file.

        Raises:
            StoreError: if the file cannot be read.
            MeasurementError: if it is no such table, or damaged.
        """
        where = f"latency table {path}"
        content = read_json(path)
        check_format(content, _FORMAT, where=where, error=MeasurementError)
        table = decode(cls, content, where=where, error=MeasurementError)
        for each in table.operations:
            try:
                each.operation.ops  # noqa: B018
            except (ConfigError, UnknownNameError) as error:
                raise MeasurementError(f"{where}: {error}; was it edited by hand?") from None
        if len(table.measured) < len(table.operations):
            raise MeasurementError(f"{where}: an operation is in it twice; was it edited by hand?")
        return table


def _size(shape: Shape) -> str:
    return "x".join(map(str, shape))


def load_device_table(path: str | Path) -> DeviceTable:
    """Read a table, once as long as its file does not change.

    Args:
        path: of the file.

    Raises:
        StoreError: if the file cannot be read.
        MeasurementError: if it is no such table, or damaged.
    """
    file = Path(path)
    changed = file.stat().st_mtime_ns if file.exists() else 0
    return _loaded(file, changed)


@functools.lru_cache(maxsize=8)
def _loaded(path: Path, changed: int) -> DeviceTable:
    return DeviceTable.load(path)
