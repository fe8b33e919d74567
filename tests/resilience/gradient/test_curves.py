"""What an error is worth, and which circuit makes no larger one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evoapproxnas.resilience.gradient.curves import LARGEST, SMALLEST, EnergyCurve, cheapest

SEEDS = st.integers(0, 2**32 - 1)


def circuits(seed, count=30):
    """Return errors and energies of circuits, an exact one among them."""
    rng = np.random.default_rng(seed)
    errors = np.exp(rng.uniform(SMALLEST - 3, LARGEST + 1, count))
    errors[rng.integers(count)] = 0.0
    return errors, rng.uniform(0.1, 1.0, count)


@given(SEEDS)
def test_a_curve_falls_is_convex_and_no_circuit_is_below(seed):
    errors, energies = circuits(seed)
    curve = EnergyCurve.of(errors, energies)
    assert curve.logarithms[0] == SMALLEST
    assert (np.diff(curve.energies) < 0).all()
    slopes = np.diff(curve.energies) / np.diff(curve.logarithms)
    assert (np.diff(slopes) > 0).all()
    used = (errors > 0) & (np.log(np.maximum(errors, 1e-30)) <= LARGEST)
    for error, energy in zip(errors[used], energies[used], strict=True):
        assert curve.energy(max(np.log(error), SMALLEST)) <= energy + 1e-12


@given(SEEDS)
def test_the_slope_is_that_of_the_energy(seed):
    curve = EnergyCurve.of(*circuits(seed))
    places = np.random.default_rng(seed).uniform(SMALLEST + 1e-3, LARGEST, 20)
    for place in places[np.abs(places[:, None] - curve.logarithms).min(axis=1) > 1e-5]:
        step = 1e-6
        rise = (curve.energy(place + step) - curve.energy(place - step)) / (2 * step)
        assert curve.slope(place) == pytest.approx(rise, abs=1e-6)
    assert curve.slope(curve.logarithms[-1]) == 0.0


def test_an_exact_circuit_alone_is_worth_what_it_takes_whatever_the_error():
    curve = EnergyCurve.of(np.zeros(1), np.ones(1))
    assert curve.energy(SMALLEST) == curve.energy(LARGEST) == 1.0
    assert curve.slope(SMALLEST) == 0.0


def test_layers_take_the_cheapest_circuit_whose_errors_are_small_enough_in_all_parts():
    errors = np.array([[0.0, 1e-4, 1e-2], [0.0, 1e-4, 1e-2], [0.0, 1e-3, 1e-4]])
    energies = np.array([[3.0, 2.0, 1.0], [3.0, 1.5, 1.0]])
    layers = np.array([0, 0, 1])
    for allowed, expected in [
        ((1e-6, 1e-6, 1e-6), (0, 0)),
        ((1e-2, 1e-4, 1e-3), (1, 2)),
        ((1e-1, 1e-2, 1e-1), (2, 2)),
        ((1e-2, 0.97e-2, 1e-6), (2, 0)),  # as close as learning comes
    ]:
        chosen = cheapest(np.log(allowed), errors, energies, layers)
        assert tuple(chosen) == expected
