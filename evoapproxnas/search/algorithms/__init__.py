"""Search algorithms: each is asked for a generation of candidates and told its outcomes.

| `search.algorithm` | what it does |
|---|---|
| `nsga2` | NSGA-II, the default |
| `random` | draws |
| `weighted_sum` | breeds by sums of the objectives, with drawn or given weights |
| `aging` | regularized evolution: the oldest die |
| `reinforce` | trains distributions of the genes' values by policy gradient |
| `optuna:SAMPLER` | asks a sampler of Optuna: `tpe`, `gp`, `nsga2`, `nsga3`, `random` |

To add one, write one file with a class as in `protocol.Algorithm`, and name it in `ALGORITHMS`; it
knows candidates, their figures (`Ledger`) and how to draw, vary or make them (`proposing`,
`Problem`), and nothing of what is searched. `one_by_one.OneByOne` has what most need, and
`options.read_options` reads `search.options` as the dataclass that the search declares. Another
package names its class in an entry point of group `evoapproxnas.searches` instead.
"""

from typing import cast

from evoapproxnas.extensions import find_extension
from evoapproxnas.search.algorithms.nsga2 import Nsga2
from evoapproxnas.search.algorithms.protocol import Algorithm, AlgorithmKind

__all__ = ["ALGORITHMS", "Algorithm", "AlgorithmKind", "Nsga2", "find_algorithm"]

_HERE = "evoapproxnas.search.algorithms"

ALGORITHMS = {
    "nsga2": f"{_HERE}.nsga2:Nsga2",
    "random": f"{_HERE}.random_search:RandomSearch",
    "weighted_sum": f"{_HERE}.weighted_sum:WeightedSum",
    "aging": f"{_HERE}.aging:Aging",
    "reinforce": f"{_HERE}.reinforce:Reinforce",
    "optuna:tpe": f"{_HERE}.optuna_samplers:tpe",
    "optuna:gp": f"{_HERE}.optuna_samplers:gp",
    "optuna:nsga2": f"{_HERE}.optuna_samplers:nsga2",
    "optuna:nsga3": f"{_HERE}.optuna_samplers:nsga3",
    "optuna:random": f"{_HERE}.optuna_samplers:random",
}
"""`module:attribute` by name of what makes an algorithm; see `AlgorithmKind`."""

GROUP = "evoapproxnas.searches"
"""Of the entry points of other packages."""


def find_algorithm(name: str) -> AlgorithmKind:
    """Look an algorithm up.

    Args:
        name: of this package's algorithms, or another one's.

    Raises:
        UnknownNameError: if there is none of that name.
        EvoApproxNASError: if it needs a package that is missing or cannot be imported.
    """
    found = find_extension(name, ALGORITHMS, kind="search algorithm", group=GROUP)
    return cast(AlgorithmKind, found)
