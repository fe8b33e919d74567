"""What LiteRT's models consist of, against what `fusion` says. Nothing is timed."""

from collections import Counter

import numpy as np
import pytest

from evoapproxnas.hardware.latency import count_operations_of, random_networks
from evoapproxnas.networks import IMAGE, Node
from tests.hardware.latency.small import FUSION, convolution, network, runtime_operations, space

pytest.importorskip("ai_edge_litert", reason="extra litert")

from ai_edge_litert.interpreter import Interpreter  # noqa: E402

from evoapproxnas.hardware.latency.runtimes.flatbuffer import LiteModel  # noqa: E402
from evoapproxnas.hardware.latency.runtimes.litert import LiteRT  # noqa: E402

EVERYTHING = {
    "nodes": (
        *("conv2d", "depthwise_conv2d", "basic_residual", "residual_inverted", "separable"),
        *("shuffle_unit", "summation", "concatenation", "batch_norm", "activation", "dropout"),
        *("max_pooling", "average_pooling"),
    ),
    "conv_activations": ("linear", "relu", "elu"),
}


@pytest.fixture(scope="module")
def runtime() -> LiteRT:
    return LiteRT(threads=1)


def test_networks_consist_of_what_their_operations_consist_of(runtime: LiteRT):
    networks = list(random_networks(space(**EVERYTHING), 4, seed=3, purpose="test"))
    wanted = list(count_operations_of(networks, FUSION))
    models = dict(zip(wanted, runtime.operations(wanted), strict=True))
    for each in networks:
        expected = Counter(
            text for o in runtime_operations(each, FUSION) for text in models[o].executed
        )
        assert Counter(runtime.network(each).executed) == expected


def test_normalization_and_relu_are_gone_and_elu_is_in_float(runtime: LiteRT):
    residual = {"kernel": 3, "channels": 8, "stride": 1, "preactivation": False}
    elu = Node("activation", (1,), {"function": "elu"})
    whole = network(convolution(), Node("basic_residual", (0,), residual), elu)
    convolved = "CONV_2D{} 1x8x8x8, 8x3x3x8, 8 -> 1x8x8x8"
    assert list(runtime.network(whole).executed) == [
        "CONV_2D RELU 1x8x8x1, 8x3x3x1, 8 -> 1x8x8x8",
        convolved.format(" RELU"),
        convolved.format(""),
        "ADD RELU 1x8x8x8, 1x8x8x8 -> 1x8x8x8",
        "float DEQUANTIZE 1x8x8x8 -> 1x8x8x8",
        "float ELU 1x8x8x8 -> 1x8x8x8",
        "QUANTIZE 1x8x8x8 -> 1x8x8x8",
        "MEAN 1x8x8x8, 2 -> 1x8",
        "FULLY_CONNECTED 1x8, 10x8, 10 -> 1x10",
    ]


def test_two_elus_stay_in_float_between_them(runtime: LiteRT):
    twice = Node("activation", (0,), {"function": "elu"})
    whole = network(convolution(activation="elu"), twice)
    executed = list(runtime.network(whole).executed)
    assert [text.split()[0] for text in executed[1:5]] == ["float", "float", "float", "QUANTIZE"]
    operation = runtime_operations(whole, FUSION)[1]
    assert list(runtime.operations([operation])[0].executed) == executed[1:5]


def test_copies_of_a_part_compute_the_same_side_by_side(runtime: LiteRT):
    whole = network(convolution(), Node("batch_norm", (IMAGE,)), Node("summation", (0, 1)))
    model = LiteModel(runtime.network(whole).model.content)  # type: ignore[attr-defined]
    summed = len(model.executed()) - 3
    part = LiteModel(model.part(range(summed + 1), copies=3))
    assert len(part.executed()) == 3 * (summed + 1)
    interpreter = Interpreter(model_content=part.content)
    interpreter.allocate_tensors()
    (image,) = interpreter.get_input_details()
    codes = np.random.default_rng(0).integers(-128, 128, image["shape"], dtype=np.int8)
    interpreter.set_tensor(image["index"], codes)
    interpreter.invoke()
    outputs = [interpreter.get_tensor(o["index"]) for o in interpreter.get_output_details()]
    assert len(outputs) == 3
    assert outputs[0].std() > 0
    for other in outputs[1:]:
        np.testing.assert_array_equal(other, outputs[0])


def test_what_was_prepared_runs(runtime: LiteRT):
    operations = runtime_operations(network(convolution(), convolution(0, stride=2)), FUSION)
    for prepared in runtime.operations(operations):
        prepared.start(2)()
        prepared.start_plainly()()
