"""ONNX of a network with every kind of operation, in every scheme, computes what the twin does."""

import numpy as np
import onnxruntime
import pytest

from evoapproxnas.emulation import approximate
from evoapproxnas.networks import PRIMITIVES
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.report.export.onnx_file import onnx_model
from evoapproxnas.report.export.onnx_nodes import WRITERS
from tests.networks.test_keras_model import sample

SCHEMES = {"sign_magnitude": "exact8", "affine": "exact8", "symmetric": "exact8s"}


def test_every_operation_can_be_written():
    assert set(WRITERS) == set(PRIMITIVES)


@pytest.fixture(scope="module")
def trained():
    """A network and its model, whose weights and statistics are not those of the beginning."""
    network, rng = next(sample()), np.random.default_rng(0)
    channels = network.input_shape[2]
    model = build_model(network, mean=[100.0] * channels, variance=[2500.0] * channels)
    for variable in model.weights:
        if "seed" not in variable.path and "normalization/" not in variable.path:
            spread = rng.uniform(0.5, 1.5, variable.shape)
            variable.assign(variable.numpy() * spread + rng.uniform(0.01, 0.1, variable.shape))
    images = rng.integers(0, 256, (24, *network.input_shape)).astype(np.float32)
    return network, model, images


@pytest.mark.parametrize("per_channel", [False, True])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_outputs_are_those_of_the_twin(trained, scheme, per_channel):
    network, model, images = trained
    twin = approximate(
        model, SCHEMES[scheme], images, weight_scheme=scheme, per_channel=per_channel
    )
    graph = onnx_model(network, twin, images[:1], title="a test").SerializeToString()
    (logits,) = onnxruntime.InferenceSession(graph).run(None, {"pixels": images})
    expected = twin.predict(images, verbose=0)
    difference = np.abs(logits - expected) / np.ptp(expected)
    # A rounding that falls the other way moves an output by a step or two; most do not.
    assert np.median(difference) < 1e-3
    assert difference.max() < 0.05
