"""Single layers: every kernel next to TensorFlow's float32 layer of the same shape."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any, Literal

import keras
import numpy as np
import tensorflow as tf

from evoapproxnas.bench.emulation.cases import FLOAT, Case, bench_tables, lookup_table
from evoapproxnas.bench.emulation.timing import seconds_in_turns
from evoapproxnas.emulation import ApproxConv2D, ApproxDense, ApproxDepthwiseConv2D, calibrate
from evoapproxnas.emulation.kernels import Geometry, choose_kernel
from evoapproxnas.multipliers import Multiplier

SCHEMES = ("sign_magnitude", "affine")


@dataclass(frozen=True)
class LayerShape:
    """A layer to measure: stride 1, padding "same"; `kernel` is the window's edge in pixels.

    Attributes:
        kind: of the layer.
        images: in a batch.
        rows: of a map, pixels.
        columns: of a map, pixels.
        channels_in: of the input; a dense layer has these alone.
        channels_out: of the output.
        kernel: edge of the window, pixels.
    """

    kind: Literal["conv", "depthwise", "dense"]
    images: int
    rows: int
    columns: int
    channels_in: int
    channels_out: int
    kernel: int

    @property
    def name(self) -> str:
        """The kind and size, for tables."""
        if self.kind == "dense":
            return f"dense ({self.images},{self.channels_in}->{self.channels_out})"
        return (
            f"{self.kind} {self.kernel}x{self.kernel} ({self.images},{self.rows}x{self.columns},"
            f"{self.channels_in}->{self.channels_out})"
        )

    @property
    def macs(self) -> int:
        """Multiplications of one call, padding included."""
        inputs = 1 if self.kind == "depthwise" else self.channels_in
        outputs = self.images * self.rows * self.columns * self.channels_out
        return outputs * inputs * self.kernel**2

    @property
    def input_shape(self) -> tuple[int, int, int, int]:
        """Images, rows, columns and channels of the input, as kernels see it."""
        return self.images, self.rows, self.columns, self.channels_in

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """Rows and columns of the window, input channels of a group, output channels."""
        channels = self.channels_in // self.geometry.groups
        return self.kernel, self.kernel, channels, self.channels_out

    @property
    def geometry(self) -> Geometry:
        """Of the convolution."""
        return Geometry(groups=self.channels_in if self.kind == "depthwise" else 1)


FULL_SHAPES = (
    LayerShape("conv", 128, 32, 32, 16, 16, 3),
    LayerShape("conv", 128, 16, 16, 32, 32, 3),
    LayerShape("conv", 128, 8, 8, 64, 64, 3),
    LayerShape("conv", 32, 32, 32, 32, 64, 3),
    LayerShape("conv", 32, 16, 16, 128, 128, 3),
    LayerShape("conv", 128, 16, 16, 64, 64, 1),
    LayerShape("depthwise", 128, 16, 16, 64, 64, 3),
    LayerShape("dense", 1024, 1, 1, 512, 256, 1),
)
QUICK_SHAPES = (
    LayerShape("conv", 2, 6, 6, 3, 4, 3),
    LayerShape("depthwise", 2, 6, 6, 4, 4, 3),
    LayerShape("dense", 8, 1, 1, 6, 5, 1),
)


def bench_layers(
    shapes: Iterable[LayerShape],
    cases: Iterable[Case],
    *,
    repeats: int,
    schemes: Iterable[str] = SCHEMES,
) -> Iterator[dict[str, Any]]:
    """Measure kernels on layers and yield one row for each shape, weight scheme and kernel.

    Args:
        shapes: what to measure.
        cases: kernels to measure, each with a table.
        repeats: how often; the medians are reported.
        schemes: weight schemes.

    Yields:
        Times slower than float32, and GMAC/s, for product sums alone ("sums", on codes) and for
        the whole Keras layer ("layer", float tensor in and out); the layer's shortest time, and
        what "auto" would choose.
    """
    tables, cases = bench_tables(), tuple(cases)
    for shape in shapes:
        for scheme in schemes:
            calls = {FLOAT: _float_layer(shape)}
            for case in cases:
                calls[f"sums {case.name}"] = _sums(shape, scheme, case.kernel, tables[case.table])
                calls[f"layer {case.name}"] = _layer(
                    shape, scheme, case.kernel, tables[case.table]
                )
            times = seconds_in_turns(calls, repeats=repeats)
            seconds = {name: median(each) for name, each in times.items()}
            exact = seconds[FLOAT]
            for case in cases:
                sums, layer = seconds[f"sums {case.name}"], seconds[f"layer {case.name}"]
                yield {
                    "shape": shape.name,
                    "weights": scheme,
                    "kernel": case.kernel,
                    "table": case.table,
                    "layer_ratio": layer / exact,
                    "sums_ratio": sums / exact,
                    "layer_gmacs": shape.macs / layer / 1e9,
                    "sums_gmacs": shape.macs / sums / 1e9,
                    "float32_gmacs": shape.macs / exact / 1e9,
                    "least_ms": 1e3 * min(times[f"layer {case.name}"]),
                    "auto": _automatic(shape, scheme, tables[case.table]),
                }


def _automatic(shape: LayerShape, scheme: str, multiplier: Multiplier) -> str:
    """Return the name of the kernel that "auto" is."""
    return choose_kernel(
        "auto", table=lookup_table(multiplier), weight_shape=shape.weight_shape,
        geometry=shape.geometry, input_shape=shape.input_shape, window_sums=scheme == "affine",
    ).name  # fmt: skip


def _float_layer(shape: LayerShape) -> Callable[[], object]:
    make: dict[str, Callable[[], Any]] = {
        "conv": lambda: keras.layers.Conv2D(shape.channels_out, shape.kernel, padding="same"),
        "depthwise": lambda: keras.layers.DepthwiseConv2D(shape.kernel, padding="same"),
        "dense": lambda: keras.layers.Dense(shape.channels_out),
    }
    return _compiled(make[shape.kind](), _inputs(shape))


def _layer(
    shape: LayerShape, scheme: str, kernel: str, multiplier: Multiplier
) -> Callable[[], object]:
    options: Any = {"multiplier": multiplier, "weight_scheme": scheme, "kernel": kernel}
    make: dict[str, Callable[[], Any]] = {
        "conv": lambda: ApproxConv2D(shape.channels_out, shape.kernel, padding="same", **options),
        "depthwise": lambda: ApproxDepthwiseConv2D(shape.kernel, padding="same", **options),
        "dense": lambda: ApproxDense(shape.channels_out, **options),
    }
    layer = make[shape.kind]()
    inputs = _inputs(shape)
    calibrate(keras.Sequential([keras.Input(inputs.shape[1:]), layer]), inputs[:2].numpy())
    return _compiled(layer, inputs)


def _compiled(layer: Any, inputs: tf.Tensor) -> Callable[[], object]:
    layer(inputs[:1])
    return partial(tf.function(layer), inputs)


def _inputs(shape: LayerShape) -> tf.Tensor:
    size = (shape.channels_in,) if shape.kind == "dense" else (
        shape.rows, shape.columns, shape.channels_in
    )  # fmt: skip
    values = np.random.default_rng(0).normal(size=(shape.images, *size))
    return tf.constant(np.maximum(values, 0), tf.float32)


def _sums(
    shape: LayerShape, scheme: str, name: str, multiplier: Multiplier
) -> Callable[[], object]:
    rng = np.random.default_rng(0)
    size = shape.weight_shape
    codes, weights = (rng.integers(0, 256, s).astype(np.uint8) for s in (shape.input_shape, size))
    signs = rng.choice([-1, 1], size).astype(np.int8) if scheme == "sign_magnitude" else (
        np.ones(size, np.int8)
    )  # fmt: skip
    kernel = choose_kernel(name)
    table = lookup_table(multiplier)
    sums = partial(kernel.product_sums, table=table, geometry=shape.geometry)
    if kernel.in_graph:
        graph = tf.function(lambda x: sums(x, tf.constant(weights), tf.constant(signs), 0))
        return partial(graph, tf.constant(codes))
    return partial(sums, codes, weights, signs, 0)
