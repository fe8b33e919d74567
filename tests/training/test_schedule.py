import pytest
from hypothesis import given
from hypothesis import strategies as st

from evoapproxnas.training import cosine, one_cycle
from evoapproxnas.training.schedule import constant, triangular


@pytest.mark.parametrize("schedule", [one_cycle, triangular])
@given(total=st.integers(1, 500), peak=st.floats(1e-6, 10))
def test_rises_to_the_peak_then_falls_towards_zero(schedule, total, peak):
    rates = [schedule(s, total_steps=total, peak=peak) for s in range(total)]
    top = rates.index(max(rates))
    assert max(rates) == pytest.approx(peak)
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert min(rates) > 0


def test_ends_near_zero():
    assert one_cycle(999, total_steps=1000, peak=1.0) < 1e-5


def test_warms_up_for_a_fifth():
    assert one_cycle(19, total_steps=100, peak=0.5) == 0.5
    assert one_cycle(9, total_steps=100, peak=0.5) == 0.25


@given(total=st.integers(1, 500), peak=st.floats(1e-6, 10))
def test_cosine_falls_from_the_peak(total, peak):
    rates = [cosine(s, total_steps=total, peak=peak) for s in range(total)]
    assert rates[0] == peak
    assert rates == sorted(rates, reverse=True)
    assert min(rates) > 0


def test_triangular_falls_in_equal_steps():
    rates = [triangular(s, total_steps=10, peak=0.9) for s in range(10)]
    assert rates == pytest.approx([0.45, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1])


def test_constant_rises_and_stays():
    rates = [constant(s, total_steps=10, peak=0.5) for s in range(10)]
    assert rates == [0.25] + [0.5] * 9
