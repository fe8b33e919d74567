"""CGP operators compiled by Numba, on the gene array of `Genotype`; for searches that need them.

Imported by its own name, so that the package itself stays free of Numba. Genes are those of a
`Grid` of one row whose levels-back covers all columns: then the values of every gene are the
contiguous range 0..choices-1. Randomness is SplitMix64 (G. Steele et al., "Fast Splittable
Pseudorandom Number Generators", OOPSLA 2014): one 64-bit state, saved and restored exactly.

What is kept on the disk depends on this file alone, which Numba looks at: nothing of others is
called here.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from evoapproxnas.cgp.grid import IntArray

Random = npt.NDArray[np.uint64]
"""State of the generator, shape (1,)."""


@njit(nogil=True, cache=True)
def draw(random: Random, choices: int) -> np.int64:
    """Draw an integer in 0..choices-1 and advance the state."""
    random[0] += np.uint64(0x9E3779B97F4A7C15)
    z = random[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.int64((z >> np.uint64(11)) % np.uint64(choices))


@njit(nogil=True, cache=True)
def mutate(genes: IntArray, choices: IntArray, random: Random, most: int) -> None:
    """Give 1 to `most` randomly drawn genes another value, in place.

    Args:
        genes: of a grid without parameters and with full levels-back.
        choices: number of values of every gene, `Grid.base_choices`.
        random: state of the generator.
        most: largest number of genes drawn.
    """
    for _ in range(1 + draw(random, most)):
        gene = draw(random, genes.size)
        if choices[gene] > 1:
            genes[gene] = (genes[gene] + 1 + draw(random, choices[gene] - 1)) % choices[gene]


@njit(nogil=True, cache=True)
def mark_active(
    genes: IntArray, arities: IntArray, inputs: int, outputs: int, active: npt.NDArray[np.bool_]
) -> None:
    """Mark the addresses that an output depends on: `phenotype.active_mask`, inputs included.

    Args:
        genes: of a grid without parameters.
        arities: of every function.
        inputs: number of inputs of the grid.
        outputs: number of outputs of the grid.
        active: overwritten, shape (inputs + nodes,).
    """
    active[:] = False
    slots = (genes.size - outputs) // (active.size - inputs)
    for output in range(outputs):
        active[genes[genes.size - outputs + output]] = True
    for node in range(active.size - inputs - 1, -1, -1):
        if active[inputs + node]:
            for pin in range(arities[genes[node * slots]]):
                active[genes[node * slots + 1 + pin]] = True
