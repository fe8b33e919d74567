"""What is verified next."""

import numpy as np

from evoapproxnas.resilience.quick.promise import most_promising

EXACT = np.array([0.0]), np.array([16.0])


def test_the_first_is_the_one_that_covers_most():
    losses, energies = np.array([0.09, 0.02, 0.0]), np.array([1.0, 4.0, 15.0])
    assert most_promising(losses, energies, *EXACT, count=1, max_loss=0.1).tolist() == [1]
    assert most_promising(losses, energies, *EXACT, count=3, max_loss=0.1).tolist() == [0, 1, 2]


def test_what_is_known_counts_and_what_loses_too_much_does_not():
    losses, energies = np.array([0.3, 0.02, 0.01]), np.array([1.0, 4.0, 8.0])
    known = np.array([0.0, 0.01]), np.array([16.0, 3.0])
    assert most_promising(losses, energies, *known, count=3, max_loss=0.1).tolist() == []
    assert most_promising(losses, energies, *EXACT, count=3, max_loss=0.1).tolist() == [1, 2]


def test_nothing_is_chosen_from_nothing():
    nothing = np.empty(0)
    assert most_promising(nothing, nothing, *EXACT, count=3, max_loss=0.1).tolist() == []
