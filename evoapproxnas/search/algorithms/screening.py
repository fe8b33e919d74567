"""Screening: of several children, which cost nothing, the one that promises most is evaluated.

What needs no training is known of every child. What needs one is guessed from the candidates with
figures by their genes (`surrogate`), and taken one standard deviation of the guess better than
that: children that are unlike what is known stay of interest. The child whose vector would add the
most hypervolume is the one.

The model is of use where a gene means the same in every candidate, and there are few: not for the
genotypes of networks, whose nodes mean what they are connected to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas.constraints import INFEASIBLE
from evoapproxnas.pareto import Points, hypervolume
from evoapproxnas.problems import Problem
from evoapproxnas.records import Candidate, CandidateId
from evoapproxnas.search.algorithms.surrogate import GaussianProcess, Genes
from evoapproxnas.search.ledger import Ledger

_MOST_VALUES = 500
"""Of all genes together; longer genotypes are not modelled."""

_REMEMBERED = 256
"""The latest candidates, which are near the front by then, decide what the next are worth."""

_GROWTH = 1.15
"""Models are made anew when there are so many times as many candidates as there were."""

Floats = npt.NDArray[np.float64]


class Screen:
    """Chooses among children."""

    def __init__(self, problem: Problem, ledger: Ledger) -> None:
        """Start without a model.

        Args:
            problem: prices children, and says which objectives need a training.
            ledger: knows the figures of candidates, and the front.
        """
        self._problem, self._ledger = problem, ledger
        names = list(ledger.ranking.directions)
        trained = [problem.figure(name).cost == "trained" for name in names]
        self._trained = np.flatnonzero(trained).tolist()
        self._genes = np.empty((0, len(problem.domains())), np.int64)
        self._vectors: Points = np.empty((0, len(names)))
        self._models: dict[int, _Model] = {}
        self._modelled = 0

    @classmethod
    def is_of_use(cls, problem: Problem) -> bool:
        """Whether genotypes are short enough to be modelled."""
        return sum(problem.domains()) <= _MOST_VALUES

    def learn(self, places: Sequence[CandidateId]) -> None:
        """Take note of the figures of candidates."""
        points = self._ledger.points(places)
        vectors = self._ledger.vectors(points)
        feasible = np.flatnonzero((vectors < INFEASIBLE).all(axis=1))
        found = [self._ledger.candidates[points[position].candidate] for position in feasible]
        self._genes = np.vstack([self._genes, *map(self._problem.values, found)])
        self._vectors = np.vstack([self._vectors, vectors[feasible]])
        if len(self._vectors) > self._modelled * _GROWTH:
            self._modelled = len(self._vectors)
            genes, latest = self._genes[-_REMEMBERED:], self._vectors[-_REMEMBERED:]
            self._models = {
                column: _Model.of(genes, latest[:, column]) for column in self._trained
            }

    def best(self, children: Sequence[Candidate]) -> int:
        """Return the position of the child that promises most; the first where none does."""
        if len(children) == 1 or not len(self._vectors):
            return 0
        reference = _reference(self._vectors)
        front = self._ledger.archive.vectors
        covered = hypervolume(front, reference)
        gains = [
            hypervolume(np.vstack([front, vector]), reference) - covered
            for vector in self._predicted(children)
        ]
        return int(np.argmax(gains))

    def _predicted(self, children: Sequence[Candidate]) -> Points:
        """Objective vectors as one may hope for, shape (n, m); infeasible ones as such."""
        names = self._ledger.ranking.directions
        unknown = dict.fromkeys(names, 0.0)
        priced = [{**unknown, **self._problem.price(child)} for child in children]
        vectors = self._ledger.ranking.vectors(priced)
        feasible = (vectors < INFEASIBLE).all(axis=1)
        genes = np.array([self._problem.values(child) for child in children])
        for column, model in self._models.items():
            vectors[feasible, column] = model.hoped(genes)[feasible]
        return vectors


def _reference(vectors: Points) -> Floats:
    """As far beyond the worst as that is from the best: to lengthen the front has to be of worth.

    With a tenth of it, as where hypervolumes are reported, searches fill fronts and rarely go on
    at their ends.
    """
    worst, best = vectors.max(axis=0), vectors.min(axis=0)
    return np.asarray(worst + np.where(worst > best, worst - best, 1.0))


@dataclass(frozen=True)
class _Model:
    """A figure, guessed on a log scale where all that are known are positive."""

    guesses: GaussianProcess
    logarithmic: bool

    @classmethod
    def of(cls, genes: Genes, figures: Floats) -> "_Model":
        positive = bool((figures > 0).all())
        scaled = np.log(figures) if positive else figures
        return cls(GaussianProcess.fit(genes, scaled), positive)

    def hoped(self, genes: Genes) -> Floats:
        """What one may hope for, shape (m,), of genes of shape (m, g)."""
        mean, deviation = self.guesses.guess(genes)
        hoped: Floats = mean - deviation
        return np.exp(hoped) if self.logarithmic else hoped
