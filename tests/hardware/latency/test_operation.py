import json
from dataclasses import replace

import pytest

from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.files import decode, encode_json
from evoapproxnas.hardware.latency.operation import Operation, Step
from tests.hardware.latency.small import FUSION, convolution, network, runtime_operations

CONVOLUTION = runtime_operations(network(convolution()), FUSION)[0]


def test_the_name_says_all_that_decides_the_time():
    assert CONVOLUTION.name == (
        "conv2d (bias True, channels 8, kernel 3, stride 1) + activation (function relu) of 8x8x1"
    )
    assert CONVOLUTION.kind == "conv2d"
    assert CONVOLUTION.output == (8, 8, 8)
    assert CONVOLUTION.macs == 8 * 8 * 8 * 9
    assert CONVOLUTION.elements == 64 + 64 * 8 + 9 * 8 + 8


def test_an_activation_is_of_the_kind_of_its_function():
    elu = Operation(((4, 4, 2),), (Step("activation", (("function", "elu"),)),))
    assert elu.kind == "elu"


def test_it_is_the_same_after_it_was_written_and_read():
    pool = Operation(
        ((8, 8, 2),),
        (Step("max_pool", (("padding", "same"), ("pool", (2, 2)), ("strides", (2, 2)))),),
    )
    for operation in (CONVOLUTION, pool):
        text = encode_json(operation)
        again = decode(Operation, json.loads(text), where="here")
        assert again == operation
        assert hash(again) == hash(operation)


@pytest.mark.parametrize(
    ("steps", "error", "message"),
    [
        ((), ConfigError, "no steps"),
        ((Step("conv3d"),), UnknownNameError, "did you mean 'conv2d'"),
        ((Step("conv2d", (("kernel", "x"),)),), ConfigError, "attribute 'kernel'"),
        ((Step("conv2d", (("kernel", 3),)),), ConfigError, "expected 1 earlier operations"),
    ],
)
def test_what_makes_no_operation_is_said(steps, error, message):
    with pytest.raises(error, match=message):
        replace(CONVOLUTION, steps=steps).ops  # noqa: B018
