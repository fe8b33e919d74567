"""The loop over AMX tiles, checked on any CPU: with emulated tiles, and in its assembly.

That the `vnni` kernel, and `amx` where the CPU has it, equal the reference is in test_kernels.
"""

import os
import subprocess
import sys
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llvmlite import binding

from evoapproxnas.emulation.kernels import KERNELS, Geometry, LookupTable, choose_kernel
from evoapproxnas.emulation.kernels.cost import (
    FACTORIZED,
    LOOK_UPS,
    cheaper_than_look_ups,
    has_few_terms,
)
from evoapproxnas.emulation.kernels.tiles import AmxKernel, chunks
from evoapproxnas.emulation.kernels.tiles.amx import PIXELS, ROW_ROOM
from evoapproxnas.emulation.kernels.tiles.amx_tiles import EmulatedAmx, tile_configuration
from evoapproxnas.emulation.kernels.tiles.plan import byte_factors
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import exact_table
from tests.emulation.kernels.test_kernels import (
    CASES,
    make_inputs,
    make_operands,
    make_table,
    short_table,
)

EXPANSION = pytest.mark.skipif(bool(KERNELS["vnni"].missing()), reason="CPU lacks VNNI")


class EmulatedKernel(AmxKernel):
    """`amx` with tiles in memory, and few units at a time."""

    name = "emulated"

    def method(self) -> EmulatedAmx:  # type: ignore[override]
        return EmulatedAmx(
            PIXELS, 3, np.zeros((8, 16, 64), np.uint8), np.zeros(ROW_ROOM, np.uint8)
        )


def exact(signed: bool) -> LookupTable:
    return LookupTable(exact_table(signed=signed), signed, f"exact-{signed}")


def table_of_terms(terms: int) -> LookupTable:
    """A sum of products of an AND of activation bits and a small function of the weight."""
    rng = np.random.default_rng(terms)
    bits = rng.permutation(np.arange(1, 256))[:terms]
    all_set = (np.arange(256) & bits[:, None]) == bits[:, None]
    products = all_set.astype(np.int32).T @ rng.integers(0, 100, (terms, 256))
    return LookupTable(products.astype(np.int32), False, f"terms-{terms}")


@EXPANSION
@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("case", [c for c in CASES if c not in ("tiles", "large_window")])
def test_emulated_tiles_equal_the_reference(case: str, signed: bool) -> None:
    codes, weights, signs, geometry = make_inputs(case)
    for table in (short_table(signed), exact(signed)):
        options = {"table": table, "geometry": geometry}
        expected = KERNELS["reference"].product_sums(codes, weights, signs, 77, **options)
        received = EmulatedKernel().product_sums(codes, weights, signs, 77, **options)
        np.testing.assert_array_equal(received, expected)


@EXPANSION
@settings(max_examples=40, deadline=None)
@given(
    size=st.tuples(*[st.integers(1, n) for n in (3, 7, 19, 21, 36)]),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 4)),
    strides=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    dilation=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    padding=st.sampled_from(["same", "valid"]),
    pad_code=st.integers(0, 255),
)
def test_any_shape_equals_the_reference(
    size: tuple[int, ...],
    kernel: tuple[int, int],
    strides: tuple[int, int],
    dilation: tuple[int, int],
    padding: Literal["same", "valid"],
    pad_code: int,
) -> None:
    images, rows, columns, channels, outputs = size
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 256, (images, rows, columns, channels)).astype(np.uint8)
    weights = rng.integers(0, 256, (*kernel, channels, outputs)).astype(np.uint8)
    signs = rng.choice([-1, 0, 1], weights.shape).astype(np.int8)
    options = {"table": short_table(False), "geometry": Geometry(strides, dilation, padding)}
    expected = KERNELS["reference"].product_sums(codes, weights, signs, pad_code, **options)
    received = KERNELS["vnni"].product_sums(codes, weights, signs, pad_code, **options)
    np.testing.assert_array_equal(received, expected)


@EXPANSION
def test_emulated_tiles_in_a_whole_convolution() -> None:
    for case, affine in (("lanes", True), ("strides", False)):
        x, operands, geometry = make_operands(case, affine=affine, signed=False)
        options = {"table": short_table(False), "geometry": geometry}
        expected = KERNELS["reference"].convolve(x, operands, **options)
        np.testing.assert_array_equal(EmulatedKernel().convolve(x, operands, **options), expected)


@EXPANSION
@pytest.mark.parametrize("name", ["vnni", "emulated"])
@pytest.mark.parametrize("case", ["strides", "dilation", "lanes"])
def test_chunks_of_rows_change_nothing(
    name: str, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 1000)
    codes, weights, signs, geometry = make_inputs(case)
    options = {"table": short_table(True), "geometry": geometry}
    expected = KERNELS["reference"].product_sums(codes, weights, signs, 9, **options)
    chosen = EmulatedKernel() if name == "emulated" else KERNELS[name]
    np.testing.assert_array_equal(
        chosen.product_sums(codes, weights, signs, 9, **options), expected
    )


@EXPANSION
def test_sums_wrap_like_int32_and_only_then() -> None:
    # Partial sums leave int32; the result, 2^31 - 1 at most, is right.
    codes = np.full((1, 1, 1, 2**15), 255, np.uint8)
    weights = np.full((1, 1, 2**15, 1), 255, np.uint8)
    signs = np.ones_like(weights, np.int8)
    expected = KERNELS["reference"].product_sums(
        codes, weights, signs, 0, table=exact(False), geometry=Geometry()
    )
    for chosen in (KERNELS["vnni"], EmulatedKernel()):
        received = chosen.product_sums(
            codes, weights, signs, 0, table=exact(False), geometry=Geometry()
        )
        np.testing.assert_array_equal(received, expected)
    assert expected.item() == 255 * 255 * 2**15


def test_amx_code_has_tile_instructions() -> None:
    """Compiled for a processor with AMX, in a process of its own, never run."""
    program = """
import numba
from numba import types
import numpy as np
from evoapproxnas.emulation.kernels.tiles.amx import CACHED_UNITS, PIXELS, ROW_ROOM
from evoapproxnas.emulation.kernels.tiles.amx_tiles import Amx, tile_configuration
from evoapproxnas.emulation.kernels.tiles.loops import add_units, begin_block, end_block

method = Amx(PIXELS, CACHED_UNITS, tile_configuration(), np.zeros(ROW_ROOM, np.uint8))

@numba.njit
def run(method, buffer, starts, weights, sums):
    begin_block(method)
    add_units(method, 2, buffer, starts, starts, weights, 0, 1, sums)
    end_block(method)

kinds = (types.uint8, types.int64, types.int8, types.int32)
run.compile((numba.typeof(method), *(types.Array(k, 1, "C") for k in kinds)))
(assembly,) = run.inspect_asm().values()
print(*(op for op in ("ldtilecfg", "tileloadd", "tdpbusd", "tilestored", "tilerelease")
        if op in assembly))
"""
    if not binding.get_default_triple().startswith("x86_64"):
        pytest.skip("not an x86 processor")
    features = "+avx512f,+avx512bw,+avx512vl,+avx512dq,+avx512vbmi,+amx-tile,+amx-int8"
    environment = {
        **os.environ, "NUMBA_CPU_NAME": "sapphirerapids", "NUMBA_CPU_FEATURES": features,
        "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": os.pathsep.join(sys.path),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [
        "ldtilecfg",
        "tileloadd",
        "tdpbusd",
        "tilestored",
        "tilerelease",
    ]


def test_tile_configuration() -> None:
    configuration = tile_configuration()
    assert configuration[0] == 1
    np.testing.assert_array_equal(configuration[16:32].view("<u2"), 64)
    np.testing.assert_array_equal(configuration[48:56], 16)
    assert configuration.sum() == 1 + 8 * (64 + 16)


def test_amx_is_reported_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    from evoapproxnas.emulation.kernels.host import cpu
    from evoapproxnas.emulation.kernels.tiles import amx_kernel

    monkeypatch.setattr(cpu, "cpu_features", lambda: frozenset({"avx512f", "avx512bw"}))
    assert KERNELS["amx"].missing() == "a CPU with avx2, amx-tile, amx-int8"
    with pytest.raises(QuantizationError, match="needs a CPU with .*amx-int8"):
        choose_kernel("amx")
    monkeypatch.setattr(amx_kernel, "lacking", lambda *features: None)
    monkeypatch.setattr(amx_kernel, "_tiles_permitted", lambda: False)
    assert "Linux 5.16" in (KERNELS["amx"].missing() or "")
    with pytest.raises(QuantizationError, match="'amx' needs Linux 5.16"):
        AmxKernel().method()


@pytest.mark.parametrize(
    ("table", "weight_shape", "groups", "expected"),
    [
        (exact(False), (3, 3, 64, 64), 1, "vnni"),
        (short_table(True), (3, 3, 64, 64), 1, "vnni"),
        (exact(False), (3, 3, 1, 64), 64, None),
        (make_table(False), (3, 3, 64, 64), 1, None),
        (table_of_terms(7), (3, 3, 16, 16), 1, "vnni"),
        (table_of_terms(12), (3, 3, 64, 64), 1, "vnni"),
        (table_of_terms(16), (3, 3, 64, 64), 1, None),
        (table_of_terms(16), (3, 3, 16, 16), 1, None),
        (table_of_terms(24), (3, 3, 128, 128), 1, None),
    ],
)
def test_costs(
    table: LookupTable, weight_shape: tuple[int, ...], groups: int, expected: str | None
) -> None:
    found = cheaper_than_look_ups(
        table, weight_shape, Geometry(groups=groups), ["vnni", "factorized"]
    )
    assert found == expected


def test_pixels_between_strides_cost_nothing() -> None:
    model, _ = FACTORIZED["vnni"]
    one, four = (
        model.pixel_ns((1, 1, 16, 32), Geometry(strides=strides), 7)
        for strides in ((1, 1), (2, 2))
    )
    assert one == four
    assert LOOK_UPS.pixel_ns((1, 1, 16, 32), Geometry(strides=(2, 2)), 1) > LOOK_UPS.pixel_ns(
        (1, 1, 16, 32), Geometry(), 1
    )


def test_many_terms_are_not_factorized_to_be_counted() -> None:
    table = make_table(False, seed=7)
    before = byte_factors.cache_info().misses
    assert not has_few_terms(table)
    cheaper_than_look_ups(table, (3, 3, 64, 64), Geometry(), ["vnni", "amx", "factorized"])
    assert byte_factors.cache_info().misses == before
