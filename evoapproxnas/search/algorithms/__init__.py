"""Search algorithms: each is asked for a generation of candidates and told its outcomes.

To add one, write one file with a class that has `ask` and `tell` as in `Algorithm`, and list it
in `ALGORITHMS`. It knows candidates, their figures (`Ledger`) and how to draw and vary them
(`proposing`, `Problem`), and nothing of what is searched.
"""

from collections.abc import Callable

from evoapproxnas.errors import unknown_name
from evoapproxnas.search.algorithms.nsga2 import Nsga2
from evoapproxnas.search.algorithms.protocol import Algorithm

__all__ = ["ALGORITHMS", "Algorithm", "Nsga2", "find_algorithm"]

ALGORITHMS: dict[str, Callable[..., Algorithm]] = {"nsga2": Nsga2}


def find_algorithm(name: str) -> Callable[..., Algorithm]:
    """Look an algorithm up.

    Raises:
        UnknownNameError: if there is none of that name.
    """
    if name not in ALGORITHMS:
        raise unknown_name("search algorithm", name, ALGORITHMS)
    return ALGORITHMS[name]
