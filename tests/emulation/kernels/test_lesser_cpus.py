"""Every path that a lesser processor takes gives the reference's integers, forced on this one."""

import os
import subprocess
import sys
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from llvmlite import binding

from evoapproxnas.emulation.kernels import KERNELS, Geometry, LookupTable
from evoapproxnas.emulation.kernels.host import byte_look_ups
from evoapproxnas.emulation.kernels.tiles import expand, registers
from evoapproxnas.kernel_names import FEATURES_VARIABLE
from evoapproxnas.multipliers import exact_table
from tests.emulation.kernels import lesser
from tests.emulation.kernels.test_kernels import (
    make_inputs,
    make_operands,
    make_table,
    short_table,
)

X86 = binding.get_default_triple().startswith("x86_64")
pytestmark = pytest.mark.skipif(not X86, reason="not an x86 processor")

SHAPES = ["same", "even_strides", "uneven_pixel_strides", "dilation", "wide_groups",
          "depthwise_multiplier", "dense", "one_pixel_padded", "lanes", "tiles", "long_sums",
          "few_channels", "lanes_and_a_half", "long_lanes"]  # fmt: skip
LARGE = ("lanes", "tiles", "long_sums", "wide_groups", "lanes_and_a_half", "long_lanes")
"""Shapes for which inner products of a table with hundreds of terms take long."""


def tables(signed: bool, *, any_table: bool = True) -> list[LookupTable]:
    exact = LookupTable(exact_table(signed=signed), signed, f"exact-{signed}")
    zero = LookupTable(np.zeros((256, 256), np.int32), signed, f"zero-{signed}")
    return [exact, short_table(signed), zero, *([make_table(signed)] * any_table)]


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("case", SHAPES)
@pytest.mark.parametrize("path", lesser.PATHS)
def test_product_sums_equal_the_reference(
    path: str, case: str, signed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = KERNELS[lesser.take(path, monkeypatch)]
    codes, weights, signs, geometry = make_inputs(case)
    for table in tables(signed, any_table=case not in LARGE):
        options: Any = {"table": table, "geometry": geometry}
        expected = KERNELS["reference"].product_sums(codes, weights, signs, 77, **options)
        received = kernel.product_sums(codes, weights, signs, 77, **options)
        np.testing.assert_array_equal(received, expected, err_msg=table.key)


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("affine", [False, True], ids=["centred", "affine"])
@pytest.mark.parametrize(
    "case", ["same", "even_strides", "wide_groups", "small_depthwise", "dense"]
)
@pytest.mark.parametrize("path", lesser.PATHS)
def test_whole_convolution_equals_the_reference(
    path: str, case: str, affine: bool, signed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = KERNELS[lesser.take(path, monkeypatch)]
    x, operands, geometry = make_operands(case, affine=affine, signed=signed)
    for table in tables(signed):
        options: Any = {"table": table, "geometry": geometry}
        expected = KERNELS["reference"].convolve(x, operands, **options)
        received = kernel.convolve(x, operands, **options)
        np.testing.assert_array_equal(received, expected, err_msg=table.key)


@pytest.mark.parametrize("path", lesser.PATHS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    size=st.tuples(*[st.integers(1, n) for n in (3, 7, 19, 40, 36)]),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 4)),
    strides=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    dilation=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    padding=st.sampled_from(["same", "valid"]),
    pad_code=st.integers(0, 255),
    signed=st.booleans(),
)
def test_any_shape_equals_the_reference(
    path: str,
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, ...],
    kernel: tuple[int, int],
    strides: tuple[int, int],
    dilation: tuple[int, int],
    padding: Literal["same", "valid"],
    pad_code: int,
    signed: bool,
) -> None:
    chosen = KERNELS[lesser.take(path, monkeypatch)]
    images, rows, columns, channels, outputs = size
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 256, (images, rows, columns, channels)).astype(np.uint8)
    weights = rng.integers(0, 256, (*kernel, channels, outputs)).astype(np.uint8)
    signs = rng.choice([-1, 0, 1], weights.shape).astype(np.int8)
    options: Any = {
        "table": short_table(signed), "geometry": Geometry(strides, dilation, padding)
    }  # fmt: skip
    expected = KERNELS["reference"].product_sums(codes, weights, signs, pad_code, **options)
    received = chosen.product_sums(codes, weights, signs, pad_code, **options)
    np.testing.assert_array_equal(received, expected)


@pytest.mark.parametrize("path", lesser.PATHS)
def test_sums_of_the_largest_products(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # 65,535 in every term: sums in 16 bits are at their limit, and those of bytes wrap on the way.
    kernel = KERNELS[lesser.take(path, monkeypatch)]
    table = LookupTable(np.full((256, 256), 65535, np.int32), False, "largest")
    steep = LookupTable(np.outer(np.arange(256) > 0, np.full(256, 65535)).astype(np.int32), False,
                        "steep")  # fmt: skip
    codes = np.full((1, 17, 17, 3000), 255, np.uint8)
    weights = np.full((1, 1, 3000, 17), 255, np.uint8)
    for each in (table, steep):
        received = kernel.product_sums(
            codes, weights, np.ones_like(weights, np.int8), 0, table=each, geometry=Geometry()
        )
        assert (received == 3000 * 65535).all()


@pytest.mark.parametrize("path", lesser.PATHS)
def test_sums_that_means_of_products_tell_least_of(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Means are rounded up and cut to multiples of 64: here they are near one, and as often odd.
    kernel = KERNELS[lesser.take(path, monkeypatch)]
    rng = np.random.default_rng(0)
    codes = rng.integers(1, 256, (1, 20, 20, 600)).astype(np.uint8)
    weights = rng.integers(0, 256, (1, 1, 600, 17)).astype(np.uint8)
    for base in (63, 127, 65535 - 64):
        steps = (np.arange(256)[:, None] + np.arange(256)) & 1
        products = np.where(np.arange(256)[:, None], base + steps, 0).astype(np.int32)
        table = LookupTable(products, False, f"near a step, {base}")
        received = kernel.product_sums(
            codes, weights, np.ones_like(weights, np.int8), 0, table=table, geometry=Geometry()
        )
        odd = (codes[..., None].astype(np.int64) + weights[0, 0]) & 1
        np.testing.assert_array_equal(received, 600 * base + odd.sum(axis=3))


def test_paths_are_what_they_are_called(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {}
    for path in lesser.PATHS:
        with monkeypatch.context() as patch:
            kernel: Any = KERNELS[lesser.take(path, patch)]
            found[path] = type(kernel.method() if hasattr(kernel, "method") else kernel.look())
    assert list(found.values()) == [
        registers.Vnni512,
        registers.Vnni256,
        registers.Words512,
        registers.Words256,
        byte_look_ups.Shuffle512,
        byte_look_ups.Shuffle256,
        type(None),
    ]


def test_forms_of_features() -> None:
    codes = np.arange(256)
    features = {
        "code": (codes, expand.SUM),
        "flipped": (codes ^ 128, expand.SUM),
        "masked": ((codes & 0b1011_0110) >> 1, expand.SUM),
        "bits of both halves": (7 * ((codes & 0b0100_0010) == 0b0100_0010), expand.CONJUNCTION),
        "square": (codes * codes >> 8, expand.ANY),
    }
    values = np.array([feature for feature, _ in features.values()], np.uint8)
    # What only compiled functions call has no Python wrapper.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(expand, "_split", expand._split.py_func)
        with np.errstate(over="ignore"):
            *_, forms = expand.feature_tables.py_func(values)
    assert list(forms) == [form for _, form in features.values()]


def test_rows_for_shuffles_add_up() -> None:
    tables = np.random.default_rng(0).integers(0, 256, (3, 256)).astype(np.uint8)
    rows = byte_look_ups.shuffle_rows(tables).reshape(3, 2, 8, 16)
    together = np.bitwise_xor.accumulate(rows, axis=2).reshape(3, 256)
    np.testing.assert_array_equal(together, tables)


PROGRAM = """
import sys
import numpy as np
from evoapproxnas.emulation.kernels import KERNELS
from tests.emulation.kernels.test_kernels import make_operands, make_table, short_table

names = sys.argv[1].split(",")
assert [n for n, k in KERNELS.items() if k.missing() is None and not k.in_graph] == names, KERNELS
for signed, case in ((False, "lanes"), (True, "depthwise_multiplier")):
    x, operands, geometry = make_operands(case, affine=True, signed=signed)
    for table in (short_table(signed), make_table(signed)):
        options = {"table": table, "geometry": geometry}
        expected = KERNELS["reference"].convolve(x, operands, **options)
        for name in names:
            received = KERNELS[name].convolve(x, operands, **options)
            np.testing.assert_array_equal(received, expected, err_msg=name)
"""


@pytest.mark.parametrize(
    ("setting", "kernels"),
    [
        ({"NUMBA_CPU_NAME": "generic"}, "numba,reference"),
        ({FEATURES_VARIABLE: lesser.AVX2_ALONE}, "avx2,numba,words,reference"),
    ],
    ids=["any processor", "AVX2"],
)
def test_compiled_for_a_lesser_cpu(setting: dict[str, str], kernels: str) -> None:
    """In a process of its own, for which Numba compiles no instruction beyond."""
    if any(KERNELS[name].missing() for name in kernels.split(",")):
        pytest.skip("this CPU has less")
    environment = {
        **os.environ, **setting, "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, kernels], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
