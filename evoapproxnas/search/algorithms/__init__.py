"""Search algorithms: each is asked for a generation of candidates and told its outcomes.

To add one, write one file with a class that has `ask` and `tell` as in `Algorithm`, and list it
in `ALGORITHMS`. It knows candidates, their figures (`Ledger`) and how to draw and vary them
(`proposing`, `Problem`), and nothing of what is searched.
"""

from collections.abc import Callable

from evoapproxnas.search.algorithms.nsga2 import Nsga2
from evoapproxnas.search.algorithms.protocol import Algorithm

__all__ = ["ALGORITHMS", "Algorithm", "Nsga2"]

ALGORITHMS: dict[str, Callable[..., Algorithm]] = {"nsga2": Nsga2}
