"""Searches on the synthetic problem, driven by hand."""

from evoapproxnas.problems import make_problem, make_ranking
from evoapproxnas.problems.synthetic import error_of
from evoapproxnas.records import Evaluation, StepId
from evoapproxnas.search.algorithms import find_algorithm
from evoapproxnas.search.ledger import Ledger
from tests.synthetic_runs import synthetic_config


class Driven:
    """A search that was just made, with its ledger and problem."""

    def __init__(self, name, *settings):
        self.config = synthetic_config(f"search.algorithm={name}", *settings)
        self.problem = make_problem(self.config)
        self.ledger = Ledger(make_ranking(self.problem, self.config))
        self.search = find_algorithm(name)(self.problem, self.ledger, self.config)

    def evaluate(self, candidate, outcome=None):
        """Give a candidate the figures of its genes, or another outcome."""
        genes = candidate.genes
        metrics = {"error": error_of(genes), "cost": float(sum(genes))}
        self.ledger.propose(candidate)
        self.ledger.settle(StepId(candidate.id), outcome or Evaluation(metrics))

    def generation(self, number):
        """Do a generation; return its candidates and the survivors."""
        candidates = [proposal.candidate for proposal in self.search.ask(number)]
        for candidate in candidates:
            self.evaluate(candidate)
        places = [c.id for c in candidates if not self.ledger.is_copy(c)]
        return candidates, self.search.tell(number, places)
