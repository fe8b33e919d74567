"""The best order of a layer's loops, compiled by Numba.

For each order the loops are given to the memories from the innermost one outwards, as many as
each can hold (`allocation`); words moved at every level, and their energy, follow from that
(`traffic`), and so do the cycles (`cycles`); `best_order` tries all orders. Written from the
papers that these files name; the numbering of operands, dimensions and columns is that of `loops`.
"""

from evoapproxnas.hardware.accelerators.orders.best_order import best_order

__all__ = ["best_order"]
