"""Kernels called as layers call them: in a TensorFlow graph, real activations in and out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from time import perf_counter, process_time
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from evoapproxnas.bench.emulation.timing import seconds_in_turns
from evoapproxnas.bench.measuring.layers import MeasuredLayer, measured_tables
from evoapproxnas.emulation.kernels import KERNELS, LookupTable, Operands
from evoapproxnas.emulation.kernels.choice import Sample
from evoapproxnas.emulation.operation.running import convolve

Clock = Callable[[], float]
REPEATS = 3
"""Of every kernel."""
MORE_REPEATS = 12
"""Of those that may be the fastest: another program that takes one of two cores for some
milliseconds makes calls 1.5 times longer, and few calls all alike."""
MAY_BE_FASTEST = 2.0
"""Kernels that take no more than so many times as long as the fastest are called again."""
OF_NO_USE = 2.5
"""Kernels that take so many times as long as look-ups are not timed with more terms."""
SLOW = 6.0
"""Kernels that take so many times as long on the first layer are not timed on others."""


class _Timed(NamedTuple):
    kernel: str
    sample: Sample


def time_kernels(
    layers: Sequence[MeasuredLayer], *, threads: int
) -> dict[str, tuple[Sample, ...]]:
    """Time all kernels that this machine can run.

    Args:
        layers: what on.
        threads: that calls have. Of a single one the processor's time is measured, which other
            programs hardly change; not where a GPU may take its part.

    Returns:
        By name; of a kernel that is too slow to be of use no calls.
    """
    clock = perf_counter
    if threads == 1 and not tf.config.list_physical_devices("GPU"):
        clock = process_time
    names = [name for name, kernel in KERNELS.items() if kernel.missing() is None]
    found: dict[str, list[Sample]] = {name: [] for name in names}
    used = names
    for layer in layers:
        timed = list(_time_layer(layer, used, clock))
        for each in timed:
            found[each.kernel].append(each.sample)
        if layer is layers[0]:
            used = _useful(timed, used)
    return {name: tuple(found[name]) if name in used else () for name in names}


def _useful(timed: Sequence[_Timed], names: Sequence[str]) -> list[str]:
    """Leave out slow kernels. The first times are those of look-ups, which take any table."""
    any_table, _ = measured_tables()
    best = min(
        each.sample.seconds for each in timed if KERNELS[each.kernel].terms(any_table) is not None
    )
    fastest = {
        name: min(each.sample.seconds for each in timed if each.kernel == name) for name in names
    }
    return [name for name in names if fastest[name] < SLOW * best]


def _time_layer(layer: MeasuredLayer, names: Sequence[str], clock: Clock) -> Iterator[_Timed]:
    """Time look-ups, then the other kernels with tables of more and more terms."""
    any_table, few_terms = measured_tables()
    look_ups = [name for name in names if KERNELS[name].terms(any_table) is not None]
    first = _time_table(layer, look_ups, any_table, clock)
    yield from first
    best = min(each.sample.seconds for each in first)
    left = [name for name in names if name not in look_ups]
    for table in few_terms:
        timed = _time_table(layer, left, table, clock)
        yield from timed
        left = [each.kernel for each in timed if each.sample.seconds < OF_NO_USE * best]


def _time_table(
    layer: MeasuredLayer, names: Sequence[str], table: LookupTable, clock: Clock
) -> list[_Timed]:
    calls, terms = {}, {}
    for name in names:
        count = KERNELS[name].terms(table)
        if count is not None:
            terms[name], calls[name] = count, _call(layer, name, table)
    least = _least_seconds(calls, REPEATS, clock)
    best = min(least.values(), default=0.0)
    again = {name: calls[name] for name in calls if least[name] < MAY_BE_FASTEST * best}
    for name, seconds in _least_seconds(again, MORE_REPEATS, clock).items():
        least[name] = min(least[name], seconds)
    return [_Timed(name, Sample(layer.work, terms[name], least[name])) for name in calls]


def _least_seconds(
    calls: Mapping[str, Callable[[], object]], repeats: int, clock: Clock
) -> dict[str, float]:
    timed = seconds_in_turns(calls, repeats=repeats, clock=clock)
    return {name: min(seconds) for name, seconds in timed.items()}


def _call(layer: MeasuredLayer, name: str, table: LookupTable) -> Callable[[], object]:
    """Return a call of a kernel that ends when its result is there."""
    shape, operands = layer.shape, _operands(layer)

    @tf.function
    def outputs(x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        y = convolve(name, x, operands, table=table, geometry=shape.geometry)
        return y, y[0, 0, 0, 0]

    return partial(_finished, outputs, _activations(layer))


def _finished(outputs: Callable[[tf.Tensor], tuple[tf.Tensor, tf.Tensor]], x: tf.Tensor) -> float:
    """Wait for the outputs, which a GPU may still be working on when the call returns."""
    return float(outputs(x)[1])


def _activations(layer: MeasuredLayer) -> tf.Tensor:
    values = np.random.default_rng(0).normal(size=layer.shape.input_shape)
    return tf.constant(np.maximum(values, 0), tf.float32)


def _operands(layer: MeasuredLayer) -> Operands:
    rng, shape = np.random.default_rng(1), layer.shape.weight_shape
    outputs = shape[3]
    signs = rng.choice([-1, 1], shape)
    zero_points = np.zeros(outputs)
    if layer.window_sums:
        signs, zero_points = np.ones(shape), np.full(outputs, 128)
    return Operands(
        weight_codes=tf.constant(rng.integers(0, 256, shape), tf.uint8),
        weight_signs=tf.constant(signs, tf.int8),
        weight_zero_point=tf.constant(zero_points, tf.int32),
        input_scale=tf.constant(0.02),
        input_zero_point=tf.constant(0),
        offset=tf.zeros(outputs, tf.int32),
        scale=tf.fill([outputs], 1e-4),
        bias=tf.zeros(outputs),
    )
