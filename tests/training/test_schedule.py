import pytest
from hypothesis import given
from hypothesis import strategies as st

from evoapproxnas.training import cosine, one_cycle


@given(total=st.integers(1, 500), peak=st.floats(1e-6, 10))
def test_rises_to_the_peak_then_falls_towards_zero(total, peak):
    rates = [one_cycle(s, total_steps=total, peak=peak) for s in range(total)]
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
