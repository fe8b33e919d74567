import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware import LayerWork, Workload, network_workload
from evoapproxnas.hardware.workload import same_padding
from evoapproxnas.networks import Network
from evoapproxnas.problems.cnn.population import make_space
from tests.fakes import tiny_config


@pytest.fixture(scope="module")
def networks() -> list[Network]:
    space = make_space(tiny_config())
    rng = np.random.default_rng(3)
    return [space.decode(space.random(rng)) for _ in range(20)]


def conv(**changes: object) -> LayerWork:
    values = {"path": "c", "kind": "conv2d", "input_shape": (6, 6, 2), "output_shape": (6, 6, 4)}
    return LayerWork(**{**values, "kernel": (3, 3), "before": (1, 1), **changes})  # type: ignore[arg-type]


def test_a_networks_work_is_its_macs(networks: list[Network]) -> None:
    for network in networks:
        work = network_workload(network)
        assert work.total == network.macs
        counts = {layer.name: layer.multiplications for layer in network.approx_layers}
        assert work.multiplications == counts
        weights = {op.name: op.parameters - _bias(op) for op in network.ops if op.macs}
        assert {layer.path: layer.weights for layer in work.layers} == weights


def _bias(op: object) -> int:
    attributes = dict(op.attributes)  # type: ignore[attr-defined]
    return op.shape[-1] if attributes.get("bias", op.kind == "dense") else 0  # type: ignore[attr-defined,no-any-return]


def test_padding_is_counted_apart() -> None:
    work = conv()
    assert work.multiplications == 36 * 9 * 2 * 4
    assert work.multiplications_inside == (6 * 3 - 2) ** 2 * 2 * 4
    assert conv(before=(0, 0), output_shape=(4, 4, 4)).multiplications_inside == 16 * 9 * 2 * 4
    depthwise = conv(kind="depthwise_conv2d", output_shape=(6, 6, 2), groups=2)
    assert depthwise.multiplications == 36 * 9 * 2
    assert depthwise.weight_shape == (3, 3, 1, 2)


def test_transposed_convolutions_do_not_multiply_what_is_between_pixels() -> None:
    up = conv(
        kind="conv2d_transpose", input_shape=(4, 4, 2), output_shape=(8, 8, 3), strides=(2, 2),
        before=(0, 0),
    )  # fmt: skip
    # Along an axis even outputs meet taps 0 and 2, odd ones tap 1: 4 * 2 + 4 of them.
    assert up.multiplications == 12 * 12 * 2 * 3
    # The first output has no pixel in front for its tap 2.
    assert up.multiplications_inside == 11 * 11 * 2 * 3


def test_uses_are_added_up() -> None:
    twice = Workload((conv(), conv(), conv(path="block/c", times=3)))
    assert twice.multiplications == {"c": 2 * 2592, "block/c": 3 * 2592}
    assert twice.total == 5 * 2592
    assert twice.parts("block") == {"block/c": 3 * 2592}


@given(
    size=st.integers(1, 9),
    taps=st.integers(1, 4),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 2),
    transposed=st.booleans(),
)
@settings(max_examples=80, deadline=None)
def test_counts_are_those_of_a_loop(
    size: int, taps: int, stride: int, dilation: int, transposed: bool
) -> None:
    if transposed:
        outputs, before = size * stride, max((taps - 1) * dilation + 1 - stride, 0) // 2
        positions = [
            (o + before - k * dilation) / stride for o in range(outputs) for k in range(taps)
        ]
        met = [p for p in positions if p == math.floor(p)]
    else:
        outputs = -(-size // stride)
        before = same_padding(size, outputs, taps, stride, dilation)
        met = [o * stride - before + k * dilation for o in range(outputs) for k in range(taps)]
    work = LayerWork(
        path="c", kind="conv2d_transpose" if transposed else "conv2d", input_shape=(size, 1, 1),
        output_shape=(outputs, 1, 1), kernel=(taps, 1), strides=(stride, 1),
        dilation=(dilation, 1), before=(before, 0),
    )  # fmt: skip
    assert work.multiplications == len(met)
    assert work.multiplications_inside == sum(0 <= p < size for p in met)


@pytest.mark.parametrize(
    "changes",
    [
        {"input_shape": (0, 6, 2)},
        {"output_shape": (6, None, 4)},
        {"groups": 3},
        {"times": 0},
        {"before": (-1, 0)},
        {"kind": "conv3d"},
    ],
)
def test_impossible_sizes_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="work of 'c'"):
        conv(**changes)
