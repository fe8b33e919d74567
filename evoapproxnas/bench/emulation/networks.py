"""A whole network: prediction and training with emulated products against float32."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.bench.emulation.cases import FLOAT, Case, bench_tables
from evoapproxnas.bench.emulation.timing import median_seconds
from evoapproxnas.emulation import approximate
from evoapproxnas.networks.zoo import build_zoo

BATCH = 128


def bench_networks(
    cases: Iterable[Case],
    *,
    images: int,
    repeats: int,
    input_shape: tuple[int, int, int] = (32, 32, 3),
    batch: int = BATCH,
) -> Iterator[dict[str, Any]]:
    """Measure kernels on the ResNet-8 of MLPerf Tiny and yield one row for each.

    Args:
        cases: kernels to measure, each with a table.
        images: how many images (of random pixels) to predict.
        repeats: how often; the medians are reported.
        input_shape: of an image.
        batch: images in a batch.

    Yields:
        Times slower than float32, and seconds, of `predict` on all images and of a train step.
    """
    exact = build_zoo("mlperf_resnet8", input_shape)
    rng = np.random.default_rng(0)
    x = 255 * rng.random((images, *input_shape), np.float32)
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
        predicting[name] = partial(each.predict, _batches(x, batch), verbose=0)
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


def _batches(x: npt.NDArray[np.float32], batch: int) -> tf.data.Dataset:
    """Return batches that tf.data does not tune.

    Its tuner sleeps 10, 20, 40, ... ms, and now and then `predict` waits in the end for it to wake
    up, which can double the time of any model.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    return tf.data.Dataset.from_tensor_slices(x).batch(batch).with_options(options)
