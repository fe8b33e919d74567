"""The fixed order from which every split and subset is cut."""

import numpy as np
import numpy.typing as npt

_SEED = 20220709  # Any constant does; changing it changes every split and every reported figure.


def stratified_order(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return a fixed permutation of which every prefix has the class proportions of the whole.

    It depends on the labels only, never on the seed of a run. The order comes from the raw
    stream of a bit generator, which NumPy keeps stable between versions, unlike `Generator`.

    Args:
        labels: classes 0, 1, ..., shape (n,).

    Returns:
        Indices, int64, shape (n,).
    """
    shuffled = np.argsort(np.random.PCG64(_SEED).random_raw(len(labels)), kind="stable")
    classes = labels[shuffled]
    by_class = np.argsort(classes, kind="stable")
    counts = np.bincount(classes)
    starts = np.cumsum(counts) - counts
    position = np.empty(len(labels))
    # The k-th of m images of a class stands at (k + 1/2) / m of the whole order.
    rank = np.arange(len(labels)) - starts[classes[by_class]]
    position[by_class] = (rank + 0.5) / counts[classes[by_class]]
    return shuffled[np.argsort(position, kind="stable")]
