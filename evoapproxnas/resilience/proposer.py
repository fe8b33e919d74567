"""What every method to find assignments does: propose some, told what came out of earlier ones."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from evoapproxnas import seeds
from evoapproxnas.nsga2_arrays import Genomes
from evoapproxnas.resilience.assignment_records import AssignOptions
from evoapproxnas.resilience.proposal import known_front, propose
from evoapproxnas.resilience.quick.sums import front_of_sums
from evoapproxnas.resilience.sensitivity import Sensitivities
from evoapproxnas.resilience.surrogate import Surrogate, Values


@dataclass(frozen=True, eq=False)
class Known:
    """Assignments that were emulated.

    Attributes:
        genomes: positions of multipliers, (n, units); exact 8-bit comes first.
        squared_errors: of the scores, as they were predicted, (n,).
        losses: of accuracy, as shares of images, (n,).
        energies_nj: (n,).
        images: on which they were.
    """

    genomes: Genomes
    squared_errors: Values
    losses: Values
    energies_nj: Values
    images: int


@dataclass(frozen=True, eq=False)
class Proposals:
    """Assignments to emulate, in this order.

    Attributes:
        genomes: none of them is known, (n, units).
        squared_errors: predicted, of the scores, (n,).
        losses: predicted, as shares of images, (n,).
    """

    genomes: Genomes
    squared_errors: Values
    losses: Values


class Proposer(Protocol):
    """A method to find assignments."""

    def __call__(self, known: Known, *, number: int, count: int) -> Proposals:
        """Propose assignments.

        Args:
            known: what came out so far.
            number: of the round, from 1.
            count: at most so many are proposed.
        """


@dataclass(frozen=True, eq=False)
class SurrogateProposer:
    """NSGA-II on what layers do alone, added up; see `surrogate`.

    Attributes:
        sensitivities: of single layers and units.
        energies: of units with multipliers, (units, multipliers).
        options: of the search.
    """

    sensitivities: Sensitivities
    energies: Values
    options: AssignOptions

    def __call__(self, known: Known, *, number: int, count: int) -> Proposals:
        """Fit the surrogate's losses to what came out, and search it; see `Proposer`."""
        surrogate = Surrogate.fitted(
            self.sensitivities, known.genomes, known.losses, images=known.images
        )
        genomes = propose(
            surrogate,
            self.energies,
            known.genomes,
            self._start(surrogate, known_front(known.genomes, known.losses, known.energies_nj)),
            count=count,
            max_loss=self.options.max_loss_points / 100,
            size=self.options.evolution,
            rng=seeds.generator(self.options.seed, number, 0, "assignment"),
        )
        errors = surrogate.squared_error(genomes)
        return Proposals(genomes, errors, surrogate.loss(errors))

    def _start(self, surrogate: Surrogate, known: Genomes) -> Genomes:
        """Return what a search on the surrogate starts from: the emulated ones of the front.

        With groups of channels there are several times as many units, of which random assignments
        find the front late: there the front of sums is computed and joins in.
        """
        if self.options.groups == 1:
            return known
        most = self.options.evolution.population
        sums = front_of_sums(surrogate.single, self.energies, most=most)
        return np.unique(np.concatenate([known, sums]), axis=0)
