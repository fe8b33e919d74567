"""Weight tuning: the map of codes by brute force, and what layers make of it."""

from pathlib import Path

import keras
import numpy as np
import pytest

from evoapproxnas.emulation import ApproxConv2D, approximate
from evoapproxnas.emulation.operation.quantization import code_limits
from evoapproxnas.emulation.operation.weight_tuning import tuned_codes
from evoapproxnas.multipliers import Multiplier, exact_table
from tests.emulation.cases import IMAGE, build, network

SCHEMES = ["sign_magnitude", "affine", "symmetric"]


@pytest.fixture(scope="module")
def shuffled() -> Multiplier:
    """Exact products, under the wrong weight codes, except for code 0."""
    order = np.append(0, 1 + np.random.default_rng(0).permutation(255))
    return Multiplier.from_table("shuffled", exact_table(signed=False)[:, order])


@pytest.mark.parametrize("bits", [3, 8])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_codes_are_those_of_least_mean_error(
    scheme: str, bits: int, coarse: Multiplier, coarse_signed: Multiplier
) -> None:
    multiplier = coarse_signed if scheme == "symmetric" else coarse
    signed = multiplier.signed
    histogram = np.random.default_rng(1).exponential(1, 256) ** 3
    tuned = tuned_codes(multiplier, histogram, scheme=scheme, bits=bits)
    low, high = code_limits(signed=signed, bits=bits)
    if scheme == "sign_magnitude":
        assert tuned[0] == 0
        low = 1
    candidates = [value & 255 for value in range(low, high + 1)]

    def error(fed: int, code: int) -> float:
        difference = multiplier.table[:, fed] - exact_table(signed=signed)[:, code]
        return float(np.average(np.abs(difference), weights=histogram))

    for code in candidates[:: max(len(candidates) // 9, 1)]:
        best = min(error(fed, code) for fed in candidates)
        assert error(tuned[code], code) == pytest.approx(best)
    assert set(tuned[candidates]) <= set(candidates)


def test_an_exact_multiplier_keeps_its_codes(exact: Multiplier) -> None:
    for scheme in ("sign_magnitude", "affine"):
        tuned = tuned_codes(exact, np.ones(256), scheme=scheme, bits=8)
        np.testing.assert_array_equal(tuned, np.arange(256))
    nothing_seen = np.eye(256)[0]  # all codes are equally good for activations of 0
    tuned = tuned_codes(exact, nothing_seen, scheme="affine", bits=8)
    np.testing.assert_array_equal(tuned, np.arange(256))


@pytest.mark.parametrize("correct", [False, True])
@pytest.mark.parametrize("name", ["conv", "transpose", "separable", "depthwise", "series"])
def test_tuning_finds_shuffled_products(
    name: str, correct: bool, shuffled: Multiplier, exact: Multiplier
) -> None:
    options = {"error_correction": correct}
    model, _, x = build(name, shuffled, tune_weights=True, **options)
    expected = build(name, exact, **options)[0](x)
    np.testing.assert_allclose(model(x), expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_tuning_equals_a_table_with_other_columns(
    scheme: str, coarse: Multiplier, coarse_signed: Multiplier
) -> None:
    multiplier = coarse_signed if scheme == "symmetric" else coarse
    model, layer, x = build("conv", multiplier, weight_scheme=scheme, tune_weights=True)
    columns = multiplier.table[:, np.asarray(layer.tuned_codes)]
    other = Multiplier.from_table("columns", columns, signed=multiplier.signed)
    expected = build("conv", other, weight_scheme=scheme)[0](x)
    np.testing.assert_allclose(model(x), expected, rtol=1e-5, atol=1e-5)


def test_tuning_helps_a_network_and_is_saved(truncated: Multiplier, tmp_path: Path) -> None:
    model, x, expected = network()

    def error(**options: bool) -> float:
        converted = approximate(model, truncated, x, error_correction=False, **options)
        return float(np.abs(converted.predict(x, verbose=0) - expected).mean())

    assert error(tune_weights=True) < 0.8 * error()
    tuned = approximate(model, truncated, x, tune_weights=True)
    tuned.save(tmp_path / "tuned.keras")
    loaded = keras.models.load_model(tmp_path / "tuned.keras")
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), tuned.predict(x, verbose=0))


def test_an_uncalibrated_layer_is_not_tuned(coarse: Multiplier) -> None:
    layer = ApproxConv2D(2, 3, multiplier=coarse, tune_weights=True, activation_range="batch")
    layer.build((None, *IMAGE))
    np.testing.assert_array_equal(layer.tuned_codes, np.arange(256))
