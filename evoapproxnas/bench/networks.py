"""A whole network: prediction and training with emulated products against float32."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import keras
import numpy as np

from evoapproxnas.bench.cases import FLOAT, Case, bench_tables
from evoapproxnas.bench.timing import median_seconds
from evoapproxnas.emulation import approximate

BATCH = 128


def build_resnet8(
    input_shape: tuple[int, int, int] = (32, 32, 3),
    *,
    classes: int = 10,
    channels: tuple[int, ...] = (16, 32, 64),
) -> keras.Model:
    """Build the ResNet-8 of MLPerf Tiny: 12.5 million multiplications for a CIFAR-10 image."""
    inputs = keras.Input(input_shape)
    x = _convolution(inputs, channels[0], 1)
    x = keras.layers.ReLU()(x)
    for stage, width in enumerate(channels):
        stride = 1 if stage == 0 else 2
        y = keras.layers.ReLU()(_convolution(x, width, stride))
        y = _convolution(y, width, 1)
        shortcut = x
        if stage:
            shortcut = keras.layers.Conv2D(width, 1, strides=stride, padding="same")(x)
        x = keras.layers.ReLU()(keras.layers.Add()([shortcut, y]))
    x = keras.layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, keras.layers.Dense(classes)(x), name="resnet8")


def bench_networks(
    cases: Iterable[Case],
    *,
    images: int,
    repeats: int,
    model: keras.Model | None = None,
    batch: int = BATCH,
) -> Iterator[dict[str, Any]]:
    """Measure kernels on a network and yield one row for each.

    Args:
        cases: kernels to measure, each with a table.
        images: how many images (of random pixels) to predict.
        repeats: how often; the medians are reported.
        model: takes images, gives logits; None stands for `build_resnet8()`.
        batch: images in a batch.

    Yields:
        Times slower than float32, and seconds, of `predict` on all images and of a train step.
    """
    exact = model or build_resnet8()
    rng = np.random.default_rng(0)
    x = rng.random((images, *exact.input_shape[1:]), np.float32)
    labels = rng.integers(0, exact.output_shape[-1], batch)
    models = {FLOAT: exact}
    tables, cases = bench_tables(), tuple(cases)
    for case in cases:
        models[case.name] = approximate(
            exact, multiplier=tables[case.table], calibration_data=x[:batch], kernel=case.kernel
        )
    predicting: dict[str, Callable[[], object]] = {}
    training: dict[str, Callable[[], object]] = {}
    for name, each in models.items():
        each.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        predicting[name] = partial(each.predict, x, batch_size=batch, verbose=0)
        training[name] = partial(each.train_on_batch, x[:batch], labels[: len(x)])
    predict = median_seconds(predicting, repeats=repeats)
    train = median_seconds(training, repeats=repeats)
    for case in cases:
        yield {
            "network": exact.name,
            "kernel": case.kernel,
            "table": case.table,
            "predict_ratio": predict[case.name] / predict[FLOAT],
            "train_step_ratio": train[case.name] / train[FLOAT],
            "images": images,
            "predict_s": predict[case.name],
            "float32_predict_s": predict[FLOAT],
            "train_step_ms": train[case.name] * 1e3,
            "float32_train_step_ms": train[FLOAT] * 1e3,
        }


def _convolution(x: Any, channels: int, stride: int) -> Any:
    x = keras.layers.Conv2D(channels, 3, strides=stride, padding="same", use_bias=False)(x)
    return keras.layers.BatchNormalization()(x)
