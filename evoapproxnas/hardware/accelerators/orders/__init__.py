"""The best order of a layer's loops, compiled by Numba.

`placing` puts a layer on an array, with the loops that are left (`splitting`); `permuting` gives
their orders, and `bound` tells those that cannot be the best by their first loops. For each
other order the loops are given to the memories from the innermost one outwards, as many as each
can hold (`allocation`); words moved at every level, and their energy, follow from that
(`traffic`), and so do the cycles (`cycles`). `best_order` puts this together, for one layer or
many; `target`: what it takes and gives. Written from the papers that these files name.
"""

from evoapproxnas.hardware.accelerators.orders.best_order import best_order, price_shapes
from evoapproxnas.hardware.accelerators.orders.splitting import FEWEST_PARTS, spread_over
from evoapproxnas.hardware.accelerators.orders.target import Found, Target

__all__ = ["FEWEST_PARTS", "Found", "Target", "best_order", "price_shapes", "spread_over"]
