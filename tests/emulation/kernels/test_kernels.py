"""One contract test, run over all kernels: the integers equal the reference's."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.emulation.kernels import (
    KERNELS,
    Geometry,
    LookupTable,
    Operands,
    check_kernel_name,
    choose_kernel,
    use_kernel,
)
from evoapproxnas.emulation.kernels.factorized import factors_of
from evoapproxnas.emulation.kernels.host.outputs import ALIGNMENT
from evoapproxnas.errors import QuantizationError, UnknownNameError
from evoapproxnas.multipliers import exact_table

RUNNABLE = [name for name, kernel in KERNELS.items() if kernel.missing() is None]
FAST = [name for name in RUNNABLE if name != "reference"]
FACTORIZING = [name for name in ("factorized", "vnni", "amx", "words") if name in RUNNABLE]
IN_GRAPH = [name for name, kernel in KERNELS.items() if kernel.in_graph]

# (images, rows, columns, channels in, channels out, kernel, geometry)
CASES = {
    "same": (2, 7, 9, 3, 5, (3, 3), Geometry()),
    "even_kernel": (2, 6, 6, 4, 3, (2, 2), Geometry()),
    "valid": (2, 7, 9, 3, 5, (3, 2), Geometry(padding="valid")),
    "strides": (3, 9, 7, 4, 6, (3, 3), Geometry(strides=(2, 2))),
    "even_strides": (3, 8, 6, 17, 6, (3, 3), Geometry(strides=(2, 2))),
    "pixel_strides": (3, 8, 8, 5, 4, (1, 1), Geometry(strides=(2, 2))),
    "uneven_pixel_strides": (2, 7, 9, 3, 4, (1, 1), Geometry(strides=(3, 2))),
    "pixel_strides_valid": (2, 8, 7, 3, 18, (1, 1), Geometry(strides=(2, 3), padding="valid")),
    "three_strides": (2, 7, 9, 3, 4, (2, 5), Geometry(strides=(3, 3))),
    "narrow": (3, 4, 2, 3, 4, (3, 5), Geometry(dilation=(3, 2))),
    "uneven_strides": (1, 8, 9, 2, 3, (4, 3), Geometry(strides=(3, 2), padding="valid")),
    "dilation": (2, 9, 8, 3, 4, (3, 3), Geometry(dilation=(2, 3))),
    "groups": (2, 6, 5, 6, 4, (3, 3), Geometry(groups=2)),
    "wide_groups": (4, 16, 17, 4, 42, (3, 3), Geometry(groups=2)),
    "depthwise": (2, 6, 7, 5, 5, (3, 3), Geometry(groups=5)),
    "depthwise_multiplier": (2, 7, 5, 9, 18, (3, 2), Geometry(strides=(2, 2), groups=9)),
    "dense": (5, 1, 1, 37, 19, (1, 1), Geometry()),
    "one_pixel": (1, 1, 1, 1, 1, (1, 1), Geometry()),
    "one_pixel_padded": (1, 1, 1, 2, 3, (3, 3), Geometry()),
    "one_channel": (2, 5, 5, 1, 1, (3, 3), Geometry()),
    "no_images": (0, 5, 5, 3, 4, (3, 3), Geometry()),
    "lanes": (3, 19, 18, 5, 33, (3, 3), Geometry()),
    "lanes_and_a_half": (3, 19, 18, 2, 57, (3, 3), Geometry()),
    "long_lanes": (30, 5, 4, 61, 17, (3, 3), Geometry()),
    "tiles": (2, 70, 71, 2, 16, (3, 3), Geometry()),
    "long_sums": (2, 3, 4, 41, 5, (3, 3), Geometry()),
    "few_channels": (3, 21, 17, 40, 2, (3, 3), Geometry()),
    "small_depthwise": (3, 5, 23, 19, 19, (3, 3), Geometry(groups=19)),
    "large_window": (1, 4, 19, 2, 3, (17, 18), Geometry(strides=(2, 1))),
}  # fmt: skip


def make_table(signed: bool, seed: int = 0) -> LookupTable:
    """A random table: not commutative, zero operands do not give zero, extremes included."""
    low, high = (-(2**15), 2**15) if signed else (0, 2**16)
    table = np.random.default_rng(seed).integers(low, high, (256, 256)).astype(np.int32)
    table[0, 0], table[255, 255], table[128, 127] = low, high - 1, high - 1
    return LookupTable(table, signed, f"random-{signed}-{seed}")


def short_table(signed: bool) -> LookupTable:
    """A table of few terms, some of them negative."""
    values = np.arange(256) - 256 * (np.arange(256) > 127) * signed
    table = np.outer(values & ~3, values) - np.outer(values & 7, values & 24) - 5
    table = np.maximum(table, -(2**15) if signed else 0).astype(np.int32)
    return LookupTable(table, signed, f"short-{signed}")


def zero_table() -> LookupTable:
    return LookupTable(np.zeros((256, 256), np.int32), False, "zero")


def make_inputs(case: str, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, Geometry]:
    images, rows, columns, channels, outputs, kernel, geometry = CASES[case]
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, 256, (images, rows, columns, channels)).astype(np.uint8)
    codes.reshape(-1)[:4] = np.array([0, 127, 128, 255], np.uint8)[: codes.size]
    shape = (*kernel, channels // geometry.groups, outputs)
    weights = rng.integers(0, 256, shape).astype(np.uint8)
    signs = rng.choice([-1, 0, 1], shape).astype(np.int8)
    return codes, weights, signs, geometry


def make_operands(
    case: str, *, affine: bool, signed: bool
) -> tuple[np.ndarray, Operands, Geometry]:
    codes, weights, signs, geometry = make_inputs(case)
    rng = np.random.default_rng(1)
    outputs = weights.shape[-1]
    x = rng.normal(0, 1, codes.shape).astype(np.float32)
    x.reshape(-1)[:3] = np.array([1e9, -1e9, np.nan], np.float32)[: x.size]
    operands = Operands(
        weight_codes=weights,
        weight_signs=np.ones_like(signs) if affine else signs,
        weight_zero_point=rng.integers(1, 100, outputs).astype(np.int32) * affine,
        input_scale=np.float32(0.013),
        input_zero_point=np.int32(-3 if signed else 101),
        offset=rng.integers(-(10**6), 10**6, outputs).astype(np.int32),
        scale=rng.random(outputs).astype(np.float32),
        bias=rng.normal(0, 1, outputs).astype(np.float32),
    )
    return x, operands, geometry


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", FAST)
def test_product_sums_equal_the_reference(name: str, case: str, signed: bool) -> None:
    codes, weights, signs, geometry = make_inputs(case)
    options = {"table": make_table(signed), "geometry": geometry}
    expected = KERNELS["reference"].product_sums(codes, weights, signs, 77, **options)
    received = np.asarray(KERNELS[name].product_sums(codes, weights, signs, 77, **options))
    assert received.dtype == np.int32
    np.testing.assert_array_equal(received, expected)


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("affine", [False, True], ids=["centred", "affine"])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", FAST)
def test_whole_convolution_equals_the_reference(
    name: str, case: str, affine: bool, signed: bool
) -> None:
    x, operands, geometry = make_operands(case, affine=affine, signed=signed)
    options = {"table": make_table(signed), "geometry": geometry}
    expected = KERNELS["reference"].convolve(x, operands, **options)
    tensors = Operands(*(tf.constant(o) for o in operands)) if KERNELS[name].in_graph else operands
    received = np.asarray(KERNELS[name].convolve(x, tensors, **options))
    assert received.dtype == np.float32
    np.testing.assert_array_equal(received, expected)


@pytest.mark.parametrize("name", [each for each in FAST if not KERNELS[each].in_graph])
def test_outputs_are_aligned_for_tensorflow(name: str) -> None:
    x, operands, geometry = make_operands("same", affine=False, signed=False)
    received = KERNELS[name].convolve(x, operands, table=short_table(False), geometry=geometry)
    assert received.ctypes.data % ALIGNMENT == 0


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("case", ["same", "strides", "depthwise_multiplier", "dense", "long_sums"])
@pytest.mark.parametrize("name", FACTORIZING)
def test_short_tables(name: str, case: str, signed: bool) -> None:
    codes, weights, signs, geometry = make_inputs(case)
    for table in (short_table(signed), zero_table()):
        options = {"table": table, "geometry": geometry}
        expected = KERNELS["reference"].product_sums(codes, weights, signs, 77, **options)
        received = KERNELS[name].product_sums(codes, weights, signs, 77, **options)
        np.testing.assert_array_equal(received, expected)


@pytest.mark.parametrize("size", [(None, None, None), (3, 9, 7)], ids=["unknown", "known"])
@pytest.mark.parametrize(
    ("name", "jit"), [*((name, False) for name in IN_GRAPH), ("factorized", True)]
)
def test_kernels_run_compiled(
    name: str, size: tuple[int | None, ...], jit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evoapproxnas.emulation.kernels import graph

    monkeypatch.setattr(graph, "SLICE_VALUES", 10**4)
    codes, weights, signs, geometry = make_inputs("strides")
    options = {"table": short_table(False), "geometry": geometry}

    @tf.function(
        input_signature=[tf.TensorSpec((*size, codes.shape[3]), tf.uint8)], jit_compile=jit
    )
    def sums(x: tf.Tensor) -> tf.Tensor:
        return KERNELS[name].product_sums(
            x, tf.constant(weights), tf.constant(signs), 77, **options
        )

    expected = KERNELS["reference"].product_sums(codes, weights, signs, 77, **options)
    np.testing.assert_array_equal(sums(codes), expected)


@pytest.mark.parametrize("name", IN_GRAPH)
def test_kernels_run_from_a_saved_model(name: str, tmp_path: Path) -> None:
    codes, weights, signs, geometry = make_inputs("same")
    options = {"table": short_table(True), "geometry": geometry}
    module = tf.Module()
    module.sums = tf.function(
        lambda x: KERNELS[name].product_sums(
            x, tf.constant(weights), tf.constant(signs), 7, **options
        ),
        input_signature=[tf.TensorSpec((None, None, None, codes.shape[3]), tf.uint8)],
    )
    tf.saved_model.save(module, str(tmp_path))
    expected = KERNELS["reference"].product_sums(codes, weights, signs, 7, **options)
    received = tf.saved_model.load(str(tmp_path)).sums(codes)
    np.testing.assert_array_equal(received, expected)


def test_windows_wider_than_float32_sums_are_split() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 256, (1, 2, 600, 2)).astype(np.uint8)
    weights = rng.integers(0, 256, (2, 300, 2, 1)).astype(np.uint8)
    options = {"table": make_table(False), "geometry": Geometry((1, 3), padding="valid")}
    arguments = (codes, weights, np.ones_like(weights, np.int8), 0)
    expected = KERNELS["reference"].product_sums(*arguments, **options)
    np.testing.assert_array_equal(
        KERNELS["factorized"].product_sums(*arguments, **options), expected
    )


def test_float32_counts_multiples_of_a_power_of_two_beyond_its_integers() -> None:
    # Partial products without their low six columns: sums up to 2^26 in one convolution.
    operands, bits = np.arange(256), np.arange(8)
    products = ((operands[:, None] >> bits) & 1) @ ((operands << bits[:, None]) & ~63)
    table = LookupTable(products.astype(np.int32), False, "multiples of 64")
    assert factors_of(table).common_divisor == 64
    codes = np.random.default_rng(0).integers(240, 256, (1, 5, 5, 128)).astype(np.uint8)
    weights = np.random.default_rng(1).integers(240, 256, (3, 3, 128, 4)).astype(np.uint8)
    arguments = (codes, weights, np.ones_like(weights, np.int8), 255)
    options = {"table": table, "geometry": Geometry()}
    expected = KERNELS["reference"].product_sums(*arguments, **options)
    assert expected.max() > 2**25
    np.testing.assert_array_equal(
        KERNELS["factorized"].product_sums(*arguments, **options), expected
    )


@pytest.mark.parametrize("case", ["lanes", "depthwise", "tiles"])
@pytest.mark.parametrize("name", [each for each in FAST if not KERNELS[each].in_graph])
def test_threads_and_concurrent_calls_change_nothing(
    name: str, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes, weights, signs, geometry = make_inputs(case)
    options = {"table": make_table(False), "geometry": geometry}

    def run(_: int = 0) -> np.ndarray:
        return KERNELS[name].product_sums(codes, weights, signs, 5, **options)

    monkeypatch.setenv("EVOAPPROXNAS_THREADS", "1")
    expected = run()
    monkeypatch.setenv("EVOAPPROXNAS_THREADS", "3")
    with ThreadPoolExecutor(2) as callers:
        for received in callers.map(run, range(6)):
            np.testing.assert_array_equal(received, expected)


def test_chunks_of_images_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from evoapproxnas.emulation.kernels import graph
    from evoapproxnas.emulation.kernels.numba_lookup import kernel

    monkeypatch.setattr(kernel, "TILE_BYTES", 1)
    monkeypatch.setattr(graph, "SLICE_VALUES", 1)
    codes, weights, signs, geometry = make_inputs("strides")
    options = {"table": make_table(False), "geometry": geometry}
    expected = KERNELS["reference"].product_sums(codes, weights, signs, 9, **options)
    lookups = [n for n in ("numba", "avx2", "avx512") if KERNELS[n].missing() is None]
    for name in (*lookups, *IN_GRAPH):
        received = KERNELS[name].product_sums(codes, weights, signs, 9, **options)
        np.testing.assert_array_equal(received, expected)


def test_avx512_needs_vbmi(monkeypatch: pytest.MonkeyPatch) -> None:
    from evoapproxnas.emulation.kernels.host import cpu

    monkeypatch.setattr(cpu, "cpu_features", lambda: frozenset({"avx512f", "avx512bw"}))
    assert KERNELS["avx512"].missing() == "a CPU with avx512vbmi"
    assert choose_kernel("auto").name == "numba"


def test_kernel_names() -> None:
    assert choose_kernel("auto").name in ("avx512", "avx2", "numba")
    assert choose_kernel("reference").name == "reference"
    with pytest.raises(UnknownNameError, match="did you mean 'numba'"):
        check_kernel_name("nunba")


def test_environment_forces_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVOAPPROXNAS_KERNEL", "tensorflow")
    assert choose_kernel("auto").name == "tensorflow"
    assert choose_kernel("numba").name == "numba"


def test_context_manager_decides_over_layer_and_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EVOAPPROXNAS_KERNEL", "tensorflow")
    with use_kernel("factorized"):
        assert choose_kernel("auto").name == "factorized"
        with use_kernel("reference"):
            assert choose_kernel("numba").name == "reference"
        assert choose_kernel("numba").name == "factorized"
    assert choose_kernel("auto").name == "tensorflow"
    with pytest.raises(UnknownNameError, match="unknown kernel 'fast'"), use_kernel("fast"):
        pass


@pytest.mark.parametrize(
    ("table", "weight_shape", "groups", "factorizes"),
    [
        ("exact", (3, 3, 64, 64), 1, True),
        ("exact", (3, 3, 1, 64), 64, False),
        ("random", (3, 3, 64, 64), 1, False),
        ("zero", (3, 3, 64, 64), 1, True),
    ],
)
def test_auto_weighs_terms_against_look_ups(
    table: str, weight_shape: tuple[int, ...], groups: int, factorizes: bool
) -> None:
    tables = {
        "exact": LookupTable(exact_table(signed=False), False, "exact"),
        "random": make_table(False),
        "zero": zero_table(),
    }
    chosen = choose_kernel(
        "auto", table=tables[table], weight_shape=weight_shape, geometry=Geometry(groups=groups)
    )
    assert (chosen.name in FACTORIZING) is factorizes


def test_a_kernel_that_the_machine_lacks_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("avx512", "avx2", "numba"):
        monkeypatch.setattr(type(KERNELS[name]), "missing", lambda self: "a CPU with wings")
    assert choose_kernel("auto").name == "tensorflow"
    with pytest.raises(QuantizationError, match="needs a CPU with wings"):
        choose_kernel("numba")


@pytest.mark.parametrize("value", ["0", "-1", "many"])
def test_thread_variable_is_checked(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from evoapproxnas.emulation.kernels.host.threads import thread_count

    monkeypatch.setenv("EVOAPPROXNAS_THREADS", value)
    with pytest.raises(QuantizationError, match="positive integer"):
        thread_count()
