"""What decides which candidates a campaign evaluates."""

from collections.abc import Sequence
from typing import Protocol

from evoapproxnas.config import RunConfig
from evoapproxnas.problems import Problem
from evoapproxnas.records import CandidateId, WarmStart
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.proposing import Proposal


class Algorithm(Protocol):
    """Is asked for a generation, and told when it has outcomes.

    What `ask` proposes depends on the seed
    and on the outcomes of whole generations only, so that a resumed run proposes the same.
    """

    def ask(self, generation: int) -> list[Proposal]:
        """Return proposals for the candidates of a generation, numbered from index 0.

        Args:
            generation: 0 is the first.
        """

    def next(self, place: CandidateId) -> Proposal:
        """Return one proposal by all that was told so far, where there are no generations.

        Args:
            place: id that the candidate is going to have.
        """

    def tell(self, generation: int, places: Sequence[CandidateId]) -> tuple[CandidateId, ...]:
        """Take note that candidates have outcomes, which the ledger has.

        They are those of a complete generation, or in the steady state whichever just finished.

        Args:
            generation: which one.
            places: its candidates that have figures, each network once, in order of birth.

        Returns:
            The candidates that the search goes on from, recorded as survivors.
        """


class AlgorithmKind(Protocol):
    """Makes an algorithm; mostly its class."""

    def __call__(
        self,
        problem: Problem,
        ledger: Ledger,
        config: RunConfig,
        warm: Sequence[WarmStart] = (),
    ) -> Algorithm:
        """Make it, with nothing proposed yet.

        Args:
            problem: draws and varies candidates, or makes them of chosen values.
            ledger: knows what candidates came to.
            config: seed, size of the population, `search.options`.
            warm: first candidates of generation 0.

        Raises:
            EvoApproxNASError: for options that cannot be used, or a package that is missing.
        """
