"""Random search: every candidate is drawn anew, which is what all other searches have to beat."""

from collections.abc import Collection, Sequence

from evoapproxnas.config import RunConfig
from evoapproxnas.records import CandidateId
from evoapproxnas.search.algorithms.one_by_one import OneByOne
from evoapproxnas.search.algorithms.options import NoOptions, read_options
from evoapproxnas.search.proposing import Proposal, draw


class RandomSearch(OneByOne):
    """Draws candidates, without replacement as long as draws are new."""

    def _prepare(self, config: RunConfig) -> None:
        """Take note of what candidates are drawn with."""
        read_options(NoOptions, config)

    def _propose(self, place: CandidateId, taken: Collection[str]) -> Proposal:
        return draw(self._problem, place, seed=self._seed, taken=taken)

    def tell(self, generation: int, places: Sequence[CandidateId]) -> tuple[CandidateId, ...]:
        """Nothing follows from outcomes, so that the search goes on from none."""
        return ()
