"""Look-ups in layers of many groups: every way through them gives the reference's results."""

from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evoapproxnas.emulation.kernels import KERNELS, Geometry, Operands
from evoapproxnas.emulation.kernels.host.byte_look_ups import Permute, Shuffle256, Shuffle512
from evoapproxnas.emulation.kernels.host.strips import sum_order
from tests.emulation.kernels import lesser
from tests.emulation.kernels.test_kernels import make_table

NAMES = ("avx512", "avx2", "numba")
WAYS = (*NAMES, *(path for path, way in lesser.PATHS.items() if way.kernel in NAMES))

# (images, rows, columns, groups), inputs and outputs of a group, kernel, geometry
CASES = {
    # Some of a tile's images are missing in the last one, and the last part is narrow.
    "parts": ((9, 11, 13, 70), 1, 1, (3, 3), Geometry(groups=70)),
    "bands": ((1, 41, 70, 33), 1, 1, (3, 3), Geometry(groups=33)),
    "strides": ((3, 33, 18, 32), 1, 1, (3, 3), Geometry((2, 2), groups=32)),
    "multiplied": ((2, 9, 19, 37), 1, 9, (2, 3), Geometry(padding="valid", groups=37)),
    "wide groups": ((2, 16, 17, 5), 3, 20, (3, 3), Geometry(groups=5)),
    "pixels": ((3, 17, 16, 80), 1, 1, (1, 1), Geometry(groups=80)),
    "many taps": ((1, 20, 21, 17), 1, 1, (13, 11), Geometry(dilation=(2, 1), groups=17)),
}  # fmt: skip


def kernel_of(way: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    if way not in NAMES:
        return KERNELS[lesser.take(way, monkeypatch)]
    if missing := KERNELS[way].missing():
        pytest.skip(f"needs {missing}")
    return KERNELS[way]


def check(
    kernel: Any, size: tuple[int, int, int, int], inputs: int, outputs: int,
    window: tuple[int, int], geometry: Geometry, *, affine: bool, signed: bool,
) -> None:  # fmt: skip
    rng = np.random.default_rng(0)
    images, rows, columns, groups = size
    channels = groups * outputs
    x = rng.normal(0, 1, (images, rows, columns, groups * inputs)).astype(np.float32)
    x.reshape(-1)[:3] = np.array([1e9, -1e9, np.nan], np.float32)[: x.size]
    shape = (*window, inputs, channels)
    operands = Operands(
        weight_codes=rng.integers(0, 256, shape).astype(np.uint8),
        weight_signs=(rng.choice([-1, 0, 1], shape) ** (1 - affine)).astype(np.int8),
        weight_zero_point=rng.integers(-99, 256, channels).astype(np.int32) * affine,
        input_scale=np.float32(0.013),
        input_zero_point=np.int32(-3 if signed else 101),
        offset=rng.integers(-(10**6), 10**6, channels).astype(np.int32),
        scale=rng.random(channels).astype(np.float32),
        bias=rng.normal(0, 1, channels).astype(np.float32),
    )
    options: Any = {"table": make_table(signed), "geometry": geometry}
    expected = KERNELS["reference"].convolve(x, operands, **options)
    np.testing.assert_array_equal(kernel.convolve(x, operands, **options), expected)
    codes = rng.integers(0, 256, x.shape).astype(np.uint8)
    weights = (operands.weight_codes, operands.weight_signs, 77)
    expected = KERNELS["reference"].product_sums(codes, *weights, **options)
    np.testing.assert_array_equal(kernel.product_sums(codes, *weights, **options), expected)


@pytest.mark.parametrize("affine", [False, True], ids=["centred", "affine"])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("way", WAYS)
def test_layers_of_groups_equal_the_reference(
    way: str, case: str, affine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVOAPPROXNAS_THREADS", "3" if affine else "1")
    kernel = kernel_of(way, monkeypatch)
    check(kernel, *CASES[case], affine=affine, signed=affine)


@pytest.mark.parametrize("way", WAYS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    size=st.tuples(*[st.integers(1, n) for n in (4, 12, 40, 40)]),
    inputs=st.sampled_from([1, 1, 1, 2]),
    outputs=st.sampled_from([1, 1, 2, 17]),
    window=st.tuples(st.integers(1, 3), st.integers(1, 4)),
    strides=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    dilation=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    padding=st.sampled_from(["same", "valid"]),
    affine=st.booleans(),
    signed=st.booleans(),
)
def test_any_layer_of_groups_equals_the_reference(
    way: str,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int, int, int],
    inputs: int,
    outputs: int,
    window: tuple[int, int],
    strides: tuple[int, int],
    dilation: tuple[int, int],
    padding: Literal["same", "valid"],
    affine: bool,
    signed: bool,
) -> None:
    geometry = Geometry(strides, dilation, padding, groups=size[3])
    kernel = kernel_of(way, monkeypatch)
    check(kernel, size, inputs, outputs, window, geometry, affine=affine, signed=signed)


@pytest.mark.parametrize("look", [Permute(), Shuffle512(), Shuffle256()], ids=str)
def test_every_position_of_a_vector_has_one_sum(look: Any) -> None:
    order = sum_order(look)
    assert look.positions % len(order) == 0
    np.testing.assert_array_equal(np.sort(order), np.arange(len(order)))
