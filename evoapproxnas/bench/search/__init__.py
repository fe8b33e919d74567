"""Search algorithms side by side on problems whose true front is known.

    python -m evoapproxnas bench search --data-dir DIR

The figure is the share of the true hypervolume, test error against a cost, that the front of a
search has after so many different networks. A front is what the search believes to be one; its
members count with their true figures, so that luck in a noisy validation earns nothing.

- `setting`: what is searched, and what the searches see of it.
- `truth`, `nasbench201`, `synthetic`: the true figures of a problem, and how they are seen.
- `contenders`: algorithms by name, `pymoo_nsga2` among them.
- `trace`: one search with one seed.
- `attainment`: what its fronts were worth, and what noise made of them.
- `comparison`: all searches and seeds, over the cores of this machine, and their quartiles.
"""

from evoapproxnas.bench.search.comparison import Comparison, compare
from evoapproxnas.bench.search.contenders import default_searches
from evoapproxnas.bench.search.setting import Setting

__all__ = ["Comparison", "Setting", "compare", "default_searches"]
