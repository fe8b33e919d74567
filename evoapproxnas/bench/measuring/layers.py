"""The layers and tables that kernels are timed on: small, and of every kind that networks have."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from evoapproxnas.bench.emulation.cases import bench_tables, lookup_table
from evoapproxnas.bench.emulation.layers import LayerShape
from evoapproxnas.emulation.kernels import LookupTable
from evoapproxnas.emulation.kernels.choice import LayerWork, work_of

MANY_TERMS = 20


@dataclass(frozen=True)
class MeasuredLayer:
    """A layer that kernels are timed on.

    Attributes:
        shape: of the layer.
        window_sums: whether its weights are affine.
    """

    shape: LayerShape
    window_sums: bool = False

    @property
    def work(self) -> LayerWork:
        """The layer as costs see it."""
        shape = self.shape
        return work_of(
            shape.weight_shape, shape.geometry, shape.input_shape, window_sums=self.window_sums
        )


# A call of half a millisecond is half overhead: too short to tell two fast kernels apart.
_CONV = (
    LayerShape("conv", 32, 16, 16, 16, 16, 3),
    LayerShape("conv", 128, 16, 16, 32, 32, 3),
    LayerShape("conv", 128, 8, 8, 64, 64, 3),
    LayerShape("conv", 16, 16, 16, 128, 128, 3),
    LayerShape("conv", 32, 32, 32, 32, 64, 3),
    LayerShape("conv", 64, 32, 32, 16, 16, 3),
)
_OTHERS = (
    LayerShape("conv", 32, 16, 16, 64, 64, 1),
    LayerShape("conv", 96, 16, 16, 48, 96, 1),
    LayerShape("conv", 256, 16, 16, 64, 64, 1),
    LayerShape("dense", 2048, 1, 1, 512, 256, 1),
    LayerShape("depthwise", 64, 16, 16, 64, 64, 3),
    LayerShape("depthwise", 16, 32, 32, 16, 16, 3),
)
_EXTREMES = (
    LayerShape("conv", 32, 32, 32, 3, 16, 3),
    LayerShape("conv", 1, 8, 8, 32, 32, 3),
    LayerShape("conv", 64, 8, 8, 24, 144, 1),
    LayerShape("conv", 64, 8, 8, 144, 24, 1),
    LayerShape("conv", 32, 8, 8, 64, 64, 3),
    LayerShape("dense", 64, 1, 1, 64, 10, 1),
    LayerShape("depthwise", 32, 8, 8, 144, 144, 3),
)
MEASURED_LAYERS = (
    *(MeasuredLayer(shape) for shape in (*_CONV, *_OTHERS, *_EXTREMES)),
    *(MeasuredLayer(shape, window_sums=True) for shape in (*_CONV, *_OTHERS)),
)
"""The first one tells which kernels are too slow to be of use."""
FEW_LAYERS = (
    MeasuredLayer(LayerShape("conv", 4, 8, 8, 16, 16, 3)),
    MeasuredLayer(LayerShape("depthwise", 4, 8, 8, 16, 16, 3), window_sums=True),
)
"""For a check that it runs."""


@cache
def measured_tables() -> tuple[LookupTable, tuple[LookupTable, ...]]:
    """Return a table that only look-ups can take, and tables of more and more terms."""
    tables = {name: lookup_table(each) for name, each in bench_tables().items()}
    first, *few = tables.values()
    return first, (*few, _table_of_terms(MANY_TERMS))


def _table_of_terms(terms: int) -> LookupTable:
    """Return a sum of products: an AND of some activation bits, and a function of the weight."""
    rng = np.random.default_rng(terms)
    bits = rng.permutation(np.arange(1, 256))[:terms]
    all_set = (np.arange(256) & bits[:, None]) == bits[:, None]
    products = all_set.astype(np.int64).T @ rng.integers(0, 100, (terms, 256))
    return LookupTable(products.astype(np.int32), False, f"measured-{terms}-terms")
