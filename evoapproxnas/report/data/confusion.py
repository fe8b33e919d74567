"""What a classifier takes for what: exact and approximate networks beside each other."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evoapproxnas.errors import ConfigError

COLUMNS = ("network", "true", "predicted", "count", "share")


def confusion_frame(
    labels: NDArray[Any],
    predictions: Mapping[str, NDArray[Any]],
    *,
    classes: Sequence[str] | int | None = None,
) -> pd.DataFrame:
    """Count what images of each class are taken for.

    Args:
        labels: number of the class of each image, from 0, shape (n,).
        predictions: by name of the network, the class that it says, shape (n,), or its scores,
            shape (n, classes): "exact 8-bit", "approximate", ...
        classes: their names, or how many there are; None: as many as labels and predictions say.

    Returns:
        One row for each network and pair of classes: `network`, `true`, `predicted` (names, or
        numbers where there are none), `count` of images, `share` of the images of the true class,
        0..1; NaN where there are none.

    Raises:
        ConfigError: for shapes that do not agree, or classes beyond those named.
    """
    truth = np.asarray(labels).reshape(-1)
    said = {name: _classes(name, values, len(truth)) for name, values in predictions.items()}
    names = _names(classes, [truth, *said.values()])
    tables = []
    for network, guesses in said.items():
        counts = np.zeros((len(names), len(names)), np.int64)
        np.add.at(counts, (truth, guesses), 1)
        totals = counts.sum(axis=1, keepdims=True)
        shares = np.where(totals > 0, counts / np.maximum(totals, 1), np.nan)
        tables.append(
            pd.DataFrame(
                {
                    "network": network,
                    "true": np.repeat(names, len(names)),
                    "predicted": np.tile(names, len(names)),
                    "count": counts.reshape(-1),
                    "share": shares.reshape(-1),
                }
            )
        )
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))


def _classes(name: str, values: NDArray[Any], images: int) -> NDArray[np.int64]:
    given = np.asarray(values)
    if given.ndim not in (1, 2) or len(given) != images:
        raise ConfigError(
            f"predictions of {name!r}: expected shape ({images},) or ({images}, classes), one row "
            f"for each label, got {given.shape}"
        )
    return (given.argmax(axis=1) if given.ndim == 2 else given).astype(np.int64)


def _names(classes: Sequence[str] | int | None, numbers: Sequence[NDArray[Any]]) -> list[Any]:
    highest = max((int(values.max()) for values in numbers if len(values)), default=-1)
    lowest = min((int(values.min()) for values in numbers if len(values)), default=0)
    names = (
        list(range(highest + 1 if classes is None else classes))
        if not isinstance(classes, Sequence)
        else list(classes)
    )
    if lowest < 0 or highest >= len(names):
        raise ConfigError(
            f"expected classes of 0 to {len(names) - 1}, got labels or predictions from {lowest} "
            f"to {highest}"
        )
    return names
