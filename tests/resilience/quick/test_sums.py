"""The front of sums against all assignments there are."""

import itertools

import numpy as np

from evoapproxnas.pareto import non_dominated
from evoapproxnas.resilience.quick.sums import front_of_sums


def test_it_is_the_front_of_all_assignments():
    rng = np.random.default_rng(0)
    errors, energies = rng.random((5, 4)), rng.random((5, 4))
    everything = np.array(list(itertools.product(range(4), repeat=5)))
    layers = np.arange(5)
    points = np.column_stack(
        [errors[layers, everything].sum(axis=1), energies[layers, everything].sum(axis=1)]
    )
    best = everything[non_dominated(points)]
    found = front_of_sums(errors, energies)
    assert sorted(map(tuple, found.tolist())) == sorted(map(tuple, best.tolist()))
    assert (np.diff(energies[layers, found].sum(axis=1)) > 0).all()


def test_a_long_front_keeps_its_ends_and_little_is_lost():
    rng = np.random.default_rng(1)
    errors, energies = rng.random((20, 6)), rng.random((20, 6))
    layers = np.arange(20)
    all_of_it, few = (front_of_sums(errors, energies, most=n) for n in (4000, 60))
    assert len(few) <= 60
    sums = [
        (errors[layers, g].sum(axis=1), energies[layers, g].sum(axis=1)) for g in (few, all_of_it)
    ]
    (error, energy), (best, at) = sums
    assert np.isclose(energy[0], energies.min(axis=1).sum())
    assert np.isclose(error[-1], errors.min(axis=1).sum())
    nearest = np.interp(energy, at, best)
    assert (error <= nearest * 1.05 + 0.05).all()


def test_without_layers_there_is_one_assignment():
    assert front_of_sums(np.empty((0, 3)), np.empty((0, 3))).shape == (1, 0)
