"""What is offered for verification of what was learned."""

import numpy as np

from evoapproxnas.resilience.gradient.learning import Learned
from evoapproxnas.resilience.gradient.proposer import GradientProposer
from evoapproxnas.resilience.proposer import Known

ENERGIES = np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]])
PATH = ((0, 0), (0, 1), (0, 1), (1, 1), (1, 2), (2, 2))


def rows():
    return [
        Learned(
            number=n, price=1.0, growth=0.1, sigmas=(), worth=1.0, cost=0.0, multipliers=genome,
            squared_error=0.1 * sum(genome), loss=0.01 * sum(genome), state=(),
        )
        for n, genome in enumerate(PATH)
    ]  # fmt: skip


def proposed(known_genomes, losses, *, count, max_loss=0.1):
    proposer = GradientProposer.of(rows(), ENERGIES, images=100, max_loss=max_loss)
    genomes = np.array(known_genomes, np.int64)
    known = Known(
        genomes=genomes,
        squared_errors=0.1 * genomes.sum(axis=1),
        losses=np.array(losses),
        energies_nj=np.ones(len(genomes)),
        images=100_000,
    )
    return proposer(known, number=1, count=count)


def test_each_assignment_is_offered_once_and_none_that_is_known():
    found = proposed([(0, 0), (1, 1)], [0.0, 0.02], count=9)
    assert [tuple(genome) for genome in found.genomes] == [(0, 1), (1, 2), (2, 2)]
    np.testing.assert_allclose(found.squared_errors, [0.1, 0.3, 0.4])
    assert (np.diff(found.losses) >= 0).all()


def test_few_are_spread_from_end_to_end():
    found = proposed([(0, 0)], [0.0], count=2)
    assert [tuple(genome) for genome in found.genomes] == [(0, 1), (2, 2)]
    assert len(proposed([(0, 0)], [0.0], count=0).genomes) == 0


def test_losses_follow_what_came_out():
    """Training images lose little; once the middle has lost a fifth, what is beyond is left."""
    found = proposed([(0, 0), (1, 1)], [0.0, 0.2], count=9, max_loss=0.1)
    assert [tuple(genome) for genome in found.genomes] == [(0, 1)]


def test_without_anything_learned_nothing_is_offered():
    proposer = GradientProposer.of([], ENERGIES, images=100, max_loss=0.1)
    known = Known(np.zeros((1, 2), np.int64), np.zeros(1), np.zeros(1), np.ones(1), 10)
    assert len(proposer(known, number=1, count=5).genomes) == 0
