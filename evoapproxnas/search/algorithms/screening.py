"""Screening: of several children, which cost nothing, the one that promises most is evaluated.

What needs no training is known of every child. What needs one is predicted by a linear model of
the values of its genes, fitted to all candidates with figures, and taken one standard deviation of
the model's errors better than that: where the model is poor, children that are unlike what is
known stay of interest. The child whose vector would add the most hypervolume is the one.

The model is of use where a gene means the same in every candidate, and there are few: not for the
genotypes of networks, whose nodes mean what they are connected to.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evoapproxnas.constraints import INFEASIBLE
from evoapproxnas.pareto import Points, hypervolume
from evoapproxnas.problems import Problem
from evoapproxnas.records import Candidate, CandidateId
from evoapproxnas.search.ledger import Ledger

_MOST_VALUES = 500
"""Of all genes together; longer genotypes are not modelled."""

_RIDGE = 1.0
"""Weight of the coefficients' squares: a value of a gene that was seen once counts half."""

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
        domains = problem.domains()
        self._offsets = np.concatenate([[0], np.cumsum(domains)]).astype(np.int64)
        names = list(ledger.ranking.directions)
        self._trained = np.array([problem.figure(name).cost == "trained" for name in names])
        self._genes: Floats = np.empty((0, self._offsets[-1] + 1))
        self._vectors: Points = np.empty((0, len(names)))

    @classmethod
    def is_of_use(cls, problem: Problem) -> bool:
        """Whether genotypes are short enough to be modelled."""
        return sum(problem.domains()) <= _MOST_VALUES

    def learn(self, places: Sequence[CandidateId]) -> None:
        """Take note of the figures of candidates."""
        points = self._ledger.points(places)
        vectors = self._ledger.vectors(points)
        feasible = np.flatnonzero((vectors < INFEASIBLE).all(axis=1))
        genes = [self._row(self._ledger.candidates[points[i].candidate]) for i in feasible]
        self._genes = np.vstack([self._genes, *genes])
        self._vectors = np.vstack([self._vectors, vectors[feasible]])

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
        genes = np.array([self._row(child) for child in children])
        for column in np.flatnonzero(self._trained):
            hoped = _hoped(self._genes, self._vectors[:, column], genes)
            vectors[feasible, column] = hoped[feasible]
        return vectors

    def _row(self, candidate: Candidate) -> Floats:
        """1 for each value that a gene has, and for the constant; else 0."""
        row = np.zeros(self._genes.shape[1])
        row[self._offsets[:-1] + np.array(self._problem.values(candidate))] = 1.0
        row[-1] = 1.0
        return row


def _reference(vectors: Points) -> Floats:
    """As far beyond the worst as that is from the best: to lengthen the front has to be of worth.

    With a tenth of it, as where hypervolumes are reported, searches fill fronts and rarely go on
    at their ends.
    """
    worst, best = vectors.max(axis=0), vectors.min(axis=0)
    return np.asarray(worst + np.where(worst > best, worst - best, 1.0))


def _hoped(genes: Floats, values: Floats, children: Floats) -> Floats:
    """Predict values by ridge regression, on a log scale where all are positive."""
    positive = bool((values > 0).all())
    scaled = np.log(values) if positive else values
    penalty = np.full(genes.shape[1], _RIDGE)
    penalty[-1] = 0.0
    coefficients = np.linalg.solve(genes.T @ genes + np.diag(penalty), genes.T @ scaled)
    spread = np.sqrt(np.mean((scaled - genes @ coefficients) ** 2))
    hoped: Floats = children @ coefficients - spread
    return np.exp(hoped) if positive else hoped
