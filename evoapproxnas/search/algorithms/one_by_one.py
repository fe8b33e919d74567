"""What searches share that propose one candidate after the other, in generations or without."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence

from evoapproxnas.config import RunConfig
from evoapproxnas.problems import Problem
from evoapproxnas.records import CandidateId, WarmStart
from evoapproxnas.search.algorithms.starting import start
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.proposing import Proposal


class OneByOne(ABC):
    """An `Algorithm` made of `_prepare`, `_propose` and `tell`."""

    begins_at_random = True
    """Whether the first generation is drawn, or completed as `search.fill` says, by no choice of
    the search."""

    def __init__(
        self,
        problem: Problem,
        ledger: Ledger,
        config: RunConfig,
        warm: Sequence[WarmStart] = (),
    ) -> None:
        """Take note of what candidates are made with; see `Algorithm`."""
        self._problem, self._ledger, self._warm = problem, ledger, warm
        self._config, self._seed = config, config.seed
        self._prepare(config)

    @abstractmethod
    def _prepare(self, config: RunConfig) -> None:
        """Read the options of the search, and begin with nothing known.

        Raises:
            EvoApproxNASError: for options that cannot be used.
        """

    def ask(self, generation: int) -> list[Proposal]:
        """Propose candidates that differ from all before, and from each other, where it can."""
        taken = set(self._ledger.first_of_key)
        proposals = []
        for index in range(self._config.search.population):
            proposals.append(self._first_or_next(CandidateId(generation, index), taken))
            taken.add(proposals[-1].candidate.key)
        return proposals

    def next(self, place: CandidateId) -> Proposal:
        """Propose one candidate by what was told so far."""
        return self._first_or_next(place, self._ledger.first_of_key)

    def _first_or_next(self, place: CandidateId, taken: Collection[str]) -> Proposal:
        warm = place.index < len(self._warm)
        if place.generation == 0 and (warm or self.begins_at_random):
            return self._start(place)
        return self._propose(place, taken)

    def _start(self, place: CandidateId) -> Proposal:
        return start(self._problem, self._ledger, self._config, self._warm, place)

    @abstractmethod
    def _propose(self, place: CandidateId, taken: Collection[str]) -> Proposal:
        """Propose a candidate.

        Args:
            place: its place.
            taken: keys of all candidates before.
        """

    @abstractmethod
    def tell(self, generation: int, places: Sequence[CandidateId]) -> tuple[CandidateId, ...]:
        """See `Algorithm`."""
