import numpy as np
import pytest

from evoapproxnas.search.algorithms.surrogate import GaussianProcess

RNG = np.random.default_rng(0)
EFFECTS = RNG.normal(size=(6, 5))
KNOWN, OTHERS = RNG.integers(5, size=(120, 6)), RNG.integers(5, size=(200, 6))


def added(genes):
    return EFFECTS[np.arange(6), genes].sum(axis=1)


def paired(genes):
    return added(genes) + 2.0 * ((genes[:, 0] == 1) & (genes[:, 1] == 2))


def explained(truth, **changes):
    """Share of the variance of others that guesses explain."""
    fit = GaussianProcess.fit(KNOWN, truth(KNOWN))
    mean, _ = fit.guess(OTHERS)
    return 1 - np.mean((mean - truth(OTHERS)) ** 2) / truth(OTHERS).var()


def test_effects_of_genes_are_learned_and_those_of_pairs():
    assert explained(added) > 0.99
    assert explained(paired) > 0.8
    assert GaussianProcess.fit(KNOWN, added(KNOWN)).power == 1


def test_what_is_unlike_all_that_is_known_is_less_certain():
    few = np.minimum(KNOWN, 2)
    fit = GaussianProcess.fit(few, added(few) + RNG.normal(size=120))
    _, deviation = fit.guess(np.array([few[0], [3] * 6]))
    assert 0 < 2 * deviation[0] < deviation[1]


def test_guesses_do_not_depend_on_the_unit():
    figures = paired(KNOWN)
    mean, deviation = GaussianProcess.fit(KNOWN, figures).guess(OTHERS)
    other = GaussianProcess.fit(KNOWN, 1e3 * figures + 7).guess(OTHERS)
    assert other[0] == pytest.approx(1e3 * mean + 7)
    assert other[1] == pytest.approx(1e3 * deviation)


def test_little_is_enough():
    for count in (1, 2, 10):
        mean, deviation = GaussianProcess.fit(KNOWN[:count], np.full(count, 0.3)).guess(OTHERS)
        assert mean == pytest.approx(np.full(200, 0.3))
        assert (deviation < 1e-5).all()
