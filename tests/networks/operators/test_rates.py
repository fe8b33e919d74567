import pytest
from hypothesis import given
from hypothesis import strategies as st

from evoapproxnas.errors import ConfigError
from evoapproxnas.networks.operators import Rates

WEIGHTS = {"kernel": 1.0, "insertion": 2.0, "removal": 1.0}
outcomes = st.lists(st.tuples(st.sampled_from([*WEIGHTS, "unknown"]), st.floats(0, 1)))


def test_without_outcomes_weights_decide():
    rates = Rates(WEIGHTS, minimum=0.0).probabilities
    assert rates == pytest.approx({"kernel": 0.25, "insertion": 0.5, "removal": 0.25})


@given(outcomes, outcomes)
def test_replayed_outcomes_give_the_same_rates(first, second):
    start = Rates(WEIGHTS)
    assert start.after(first).after(second) == start.after([*first, *second])
    assert start == Rates(WEIGHTS)


@given(outcomes)
def test_no_probability_falls_below_the_minimum(first):
    rates = Rates(WEIGHTS, minimum=0.1).after(first).probabilities
    assert sum(rates.values()) == pytest.approx(1.0)
    assert min(rates.values()) >= 0.1


def test_success_raises_a_probability_and_is_forgotten():
    start = Rates(WEIGHTS, adaptation=0.5)
    failed = start.after([("kernel", 0.0), ("removal", 0.0)] * 3)
    assert failed.probabilities["insertion"] > start.probabilities["insertion"]
    again = failed.after([("kernel", 1.0), ("removal", 1.0)] * 20)
    assert again.probabilities == pytest.approx(start.probabilities, abs=1e-3)


def test_where_nothing_succeeds_all_are_as_in_the_beginning():
    none = Rates(WEIGHTS, adaptation=1.0).after([(name, 0.0) for name in WEIGHTS])
    assert none.probabilities == pytest.approx(Rates(WEIGHTS).probabilities)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Rates({}), "weights above 0"),
        (lambda: Rates({"kernel": 0.0}), "leave out operators"),
        (lambda: Rates(WEIGHTS, minimum=0.5), r"minimum of 0..1/3"),
        (lambda: Rates(WEIGHTS, adaptation=2.0), "adaptation of 0..1"),
        (lambda: Rates(WEIGHTS).after([("kernel", 2.0)]), "reward of operator 'kernel'.*got 2.0"),
    ],
)
def test_wrong_values_are_refused(make, words):
    with pytest.raises(ConfigError, match=words):
        make()
