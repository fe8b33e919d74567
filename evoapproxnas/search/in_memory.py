"""A search in memory, for problems whose evaluations are looked up: no store and no workers.

The algorithm, the ledger and the rungs are those of a campaign; what is left out is what a
campaign does for evaluations that take minutes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from evoapproxnas.config import RunConfig
from evoapproxnas.problems import Problem, Step, make_ranking
from evoapproxnas.records import Candidate, CandidateId, Evaluation, StepId, WarmStart
from evoapproxnas.search.advancing import Advance
from evoapproxnas.search.algorithms import Algorithm
from evoapproxnas.search.evaluating import copied
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.proposing import Proposal
from evoapproxnas.search.stepping import Steps

_MOST_COPIES = 20
"""Proposals for each evaluation, after which a search that repeats itself is at its end."""

Evaluate = Callable[[Candidate, Step], Evaluation]
MakeAlgorithm = Callable[[Problem, Ledger, RunConfig, Sequence[WarmStart]], Algorithm]


@dataclass(frozen=True)
class Evaluated:
    """A step that was done.

    Attributes:
        candidate: on which.
        step: which of its steps.
        evaluation: what it gave.
    """

    candidate: Candidate
    step: StepId
    evaluation: Evaluation


class SearchInMemory:
    """One search. In generations where there are rungs or the configuration says so.

    Attributes:
        ledger: what is known so far.
        done: all steps, in the order in which they were done.
    """

    def __init__(
        self, problem: Problem, config: RunConfig, make: MakeAlgorithm, evaluate: Evaluate
    ) -> None:
        """Start with nothing known.

        Args:
            problem: draws, varies and prices candidates.
            config: seed, sections `search` and `rungs`.
            make: the algorithm.
            evaluate: gives what of a candidate's figures is not known without a training.
        """
        self._problem, self._config, self._evaluate = problem, config, evaluate
        self.ledger = Ledger(make_ranking(problem, config))
        self.done: list[Evaluated] = []
        self._steps = Steps(self.ledger, config.rungs, config.inheritance)
        self._advance = Advance(problem, self.ledger, self._steps, config)
        self._algorithm = make(problem, self.ledger, config, ())

    def run(self, evaluations: int) -> list[Evaluated]:
        """Search until so many different candidates were evaluated.

        Fewer are where the algorithm proposes nothing but known ones.

        Returns:
            All steps, in order.
        """
        in_generations = self._config.search.mode == "generational" or self._steps.rungs > 1
        go_on = self._generation if in_generations else self._one
        number, counts = 0, self.ledger.counts
        while counts.work < evaluations and counts.done < _MOST_COPIES * evaluations:
            go_on(number, evaluations)
            number += 1
        return self.done

    def _one(self, number: int, evaluations: int) -> None:
        population = self._config.search.population
        place = CandidateId(number // population, number % population)
        if self._settle(self._algorithm.next(place)):
            self._algorithm.tell(place.generation, [place])

    def _generation(self, number: int, evaluations: int) -> None:
        """Evaluate a generation, or the part of it that evaluations are left for."""
        places = []
        for proposal in self._algorithm.ask(number):
            if self.ledger.counts.work < evaluations and self._settle(proposal):
                places.append(proposal.candidate.id)
        for rung in range(1, self._steps.rungs):
            for step in self._advance.promoted(places, rung):
                self._do(self.ledger.candidates[step.id.candidate], step)
        self._advance.close_rungs(places)
        self._algorithm.tell(number, places)

    def _settle(self, proposal: Proposal) -> bool:
        """Give a proposal an outcome; return whether it has new figures."""
        candidate, ledger = proposal.candidate, self.ledger
        ledger.propose(candidate)
        if proposal.failure is not None:
            ledger.settle(StepId(candidate.id), proposal.failure)
        elif ledger.is_copy(candidate):
            source = ledger.first_of_key[candidate.key]
            ledger.settle(StepId(candidate.id), copied(ledger.outcomes[source], source))
        else:
            self._do(candidate, self._steps.first(candidate))
            return True
        return False

    def _do(self, candidate: Candidate, step: Step) -> None:
        evaluation = self._evaluate(candidate, step)
        if (training := evaluation.training) is not None:
            evaluation = replace(evaluation, training=replace(training, state=step.state))
        self.ledger.settle(step.id, evaluation)
        self.done.append(Evaluated(candidate, step.id, evaluation))
