"""How well latency on a new device is predicted from a few measurements, by HELP's protocol."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas import seeds
from evoapproxnas.bench.help_protocol import (
    KNOWN_DEVICES,
    KNOWN_NETWORKS,
    REFERENCES,
    TEST_DEVICES,
)
from evoapproxnas.errors import MeasurementError, unknown_name
from evoapproxnas.hardware.devices import KnownDevices, LatencyTable, reference_networks
from evoapproxnas.hardware.devices.ranks import ranked
from evoapproxnas.hardware.hw_nas_bench import NasBench201

Floats = npt.NDArray[np.float64]
Predictor = Callable[[Sequence[int], Floats], Floats]
"""(networks that are measured, ms) -> ms of all networks."""

CURVE = (4, 5, 6, 8, 10, 15, 20, 30, 50)
"""Numbers of measurements that the figure shows."""


@dataclass(frozen=True)
class LatencyScore:
    """How well a method orders the networks that it has no measurement of.

    Attributes:
        method: `flops`, `table` (the device alone), `transfer` (with other devices), or `limit`:
            a table fitted to all networks.
        references: how measured networks are chosen: `designed` or `random`.
        measured: how many there are.
        device: the new device.
        spearman: rank correlation with the truth; of random networks the median.
        low: lower quartile; the same for designed ones.
        high: upper quartile.
        error_pct: median of the absolute error of a network, relative to its latency; NaN for
            FLOPs.
    """

    method: str
    references: str
    measured: int
    device: str
    spearman: float
    low: float
    high: float
    error_pct: float


@dataclass(frozen=True, kw_only=True)
class LatencyProtocol:
    """What is measured, and what is known.

    Attributes:
        devices: that are new.
        known: devices to learn from; those that are new in turn are left out of them.
        known_networks: measured on each of these.
        references: networks measured on a new device.
        draws: of random references.
        distinct: score on one network of each isomorphism class.
        seed: decides all that is drawn.
    """

    devices: tuple[str, ...] = TEST_DEVICES
    known: tuple[str, ...] = KNOWN_DEVICES
    known_networks: int = KNOWN_NETWORKS
    references: int = REFERENCES
    draws: int = 20
    distinct: bool = False
    seed: int = 0


def bench_latency(bench: NasBench201, protocol: LatencyProtocol) -> list[LatencyScore]:
    """Score FLOPs, tables and transfer on each device.

    Raises:
        UnknownNameError: for a device that the table does not hold.
        MeasurementError: for a protocol that measures too little.
    """
    _check(bench, protocol)
    scores = []
    for device in protocol.devices:
        judge = _Judge(bench, device, protocol)
        scores += [
            judge.score("flops", "", 0, [bench.flops.astype(np.float64)], [()]),
            judge.limit(),
        ]
        for method, predict in _methods(bench, device, protocol).items():
            scores += judge.compare(method, predict, protocol.references)
    return scores


def bench_curve(
    bench: NasBench201, protocol: LatencyProtocol, *, sizes: Sequence[int] = CURVE
) -> list[LatencyScore]:
    """Score tables and transfer by the number of networks that are measured.

    Random networks that cannot be told apart predict nothing: a rank correlation of 0.

    Raises:
        UnknownNameError: for a device that the table does not hold.
        MeasurementError: for a protocol that measures too little.
    """
    _check(bench, protocol)
    scores = []
    for device in protocol.devices:
        judge = _Judge(bench, device, protocol)
        for method, predict in _methods(bench, device, protocol).items():
            for size in sizes:
                scores += judge.compare(method, predict, size)
    return scores


class _Judge:
    """Knows the truth about one device."""

    def __init__(self, bench: NasBench201, device: str, protocol: LatencyProtocol) -> None:
        self.bench, self.device, self.protocol = bench, device, protocol
        self.truth = _latency(bench, device)
        self.scored = np.ones(len(bench), np.bool_)
        if protocol.distinct:
            self.scored[:] = False
            self.scored[np.unique(bench.unique, return_index=True)[1]] = True

    def compare(self, method: str, predict: Predictor, size: int) -> list[LatencyScore]:
        """Score a method with designed and with random references."""
        designed = [reference_networks(size)]
        rng = seeds.generator(self.protocol.seed, 0, size, "references")
        random = [
            tuple(rng.choice(len(self.bench), size, replace=False).tolist())
            for _ in range(self.protocol.draws)
        ]
        return [
            self.score(
                method, how, size, [self._predicted(predict, draw) for draw in draws], draws
            )
            for how, draws in (("designed", designed), ("random", random))
            if draws
        ]

    def limit(self) -> LatencyScore:
        """Score the table of a device on which all networks were measured."""
        everything = range(len(self.bench))
        predicted = LatencyTable.fit(everything, self.truth).predict(everything)
        return self.score("limit", "", len(self.bench), [predicted], [()])

    def score(
        self,
        method: str,
        references: str,
        size: int,
        predictions: Sequence[Floats],
        measured: Sequence[Sequence[int]],
    ) -> LatencyScore:
        """Score predictions on networks that were not measured for them."""
        each, errors = [], []
        for predicted, known in zip(predictions, measured, strict=True):
            scored = self.scored.copy()
            scored[list(known)] = False
            truth = self.truth[scored]
            each.append(float(ranked(predicted[scored]) @ ranked(truth)))
            errors.append(100 * float(np.median(np.abs(predicted[scored] / truth - 1))))
        low, middle, high = (float(value) for value in np.quantile(each, [0.25, 0.5, 0.75]))
        error = float("nan") if method == "flops" else float(np.median(errors))
        return LatencyScore(method, references, size, self.device, middle, low, high, error)

    def _predicted(self, predict: Predictor, networks: Sequence[int]) -> Floats:
        try:
            return predict(networks, self.truth[list(networks)])
        except MeasurementError:
            return np.zeros(len(self.bench))


def _methods(
    bench: NasBench201, device: str, protocol: LatencyProtocol
) -> Mapping[str, Predictor]:
    known = [name for name in protocol.known if name != device]
    rng = seeds.generator(protocol.seed, 0, 0, "known networks")
    networks = rng.choice(len(bench), protocol.known_networks, replace=False)
    others = KnownDevices.learn(
        networks.tolist(), [_latency(bench, name)[networks] for name in known]
    )

    def table(networks: Sequence[int], milliseconds: Floats) -> Floats:
        return LatencyTable.fit(networks, milliseconds).predict(bench.ops)

    return {"table": table, "transfer": others.predict}


def _check(bench: NasBench201, protocol: LatencyProtocol) -> None:
    for device in (*protocol.devices, *protocol.known):
        if device not in bench.devices:
            raise unknown_name(f"device of {bench.path}", device, bench.devices)
    most = len(bench)
    for what, count in (
        ("known networks", protocol.known_networks),
        ("references", protocol.references),
    ):
        if not 1 <= count <= most:
            raise MeasurementError(f"{what}: expected 1 to {most}, got {count}")


def _latency(bench: NasBench201, device: str) -> Floats:
    return bench.column(f"lat_{device}_ms")
