"""Which genes matter: importance of what the space has parameters for, for each figure."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import GroupKFold

from evoapproxnas.errors import ConfigError, did_you_mean
from evoapproxnas.report.data.genes import PREFIX
from evoapproxnas.report.data.points import finite

METHOD = (
    "permutation importance of a random forest on networks that it was not trained on "
    "(Breiman 2001), 5-fold by architecture"
)
FEWEST = 10
"""Architectures; a forest says nothing about fewer."""
COLUMNS = (
    *("objective", "gene", "importance", "low", "high", "effect", "score", "architectures"),
)

_FOLDS, _TREES, _REPEATS, _MOST = 5, 60, 5, 2000

Values = NDArray[np.float64]


def importance_frame(
    genes: pd.DataFrame, objectives: Sequence[str] | None = None, *, seed: int = 0
) -> pd.DataFrame:
    """Say which genes a figure depends on, as far as a model can tell.

    A random forest predicts the figure from the genes. On architectures that it was not trained
    on, the values of one gene are shuffled: the more of the explained variance (R²) is lost, the
    more the figure depends on it. Genes that go together share their importance. Source:
    Breiman, "Random forests", Machine Learning 45, 2001.

    Args:
        genes: of `gene_frame`; rows without one of the figures are left out, and of more than
            2,000 a random sample is taken.
        objectives: columns of it; None: what the runs optimized.
        seed: of sample, folds, forest and shuffling.

    Returns:
        One row for each figure and gene that varies, the most important first: `objective`,
        `gene` (without its prefix), `importance` (mean R² that is lost, 0 or more), `low` and
        `high` (quartiles over folds and repetitions), `effect`: Spearman correlation of gene and
        figure, -1..1, the sign says which way, NaN where values have no order; `score`: mean R²
        of the forest where it was not trained. Where it is near 0 or below, the genes do not
        explain the figure and importances mean nothing. `architectures`: how many there were.

    Raises:
        ConfigError: for fewer than ten architectures, or a column that there is not.
    """
    names = list(objectives or genes.attrs.get("objectives", ()))
    for name in names:
        if name not in genes:
            raise ConfigError(f"no network of these runs has figure {name!r:.200}; "
                              + did_you_mean(name, [str(c) for c in genes]))  # fmt: skip
    varying = [
        str(c) for c in genes if str(c).startswith(PREFIX) and genes[c].nunique(dropna=False) > 1
    ]
    tables = [_of(name, genes, varying, seed) for name in names]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(COLUMNS))


def _of(objective: str, genes: pd.DataFrame, varying: Sequence[str], seed: int) -> pd.DataFrame:
    rows = finite(genes, [objective])
    rows = rows if len(rows) <= _MOST else rows.sample(_MOST, random_state=seed)
    groups = rows["architecture"].to_numpy()
    count = len(np.unique(groups))
    if count < FEWEST:
        raise ConfigError(
            f"which genes matter for {objective} needs at least {FEWEST} evaluated networks "
            f"that differ, these runs have {count}; give longer runs, or several"
        )
    if not varying or rows[objective].nunique() < 2:
        return _constant(objective, varying, count)
    x, y = rows[list(varying)].to_numpy(np.float64), rows[objective].to_numpy(np.float64)
    unordered = genes.attrs.get("unordered", ())
    lost, scores = _cross_validated(x, y, groups, seed)
    low, high = np.quantile(lost, (0.25, 0.75), axis=0)
    table = pd.DataFrame(
        {
            "objective": objective,
            "gene": [name.removeprefix(PREFIX) for name in varying],
            "importance": np.maximum(lost.mean(axis=0), 0.0),
            "low": np.maximum(low, 0.0),
            "high": np.maximum(high, 0.0),
            "effect": [
                np.nan if name in unordered else _spearman(column, y)
                for name, column in zip(varying, x.T, strict=True)
            ],
            "score": float(np.mean(scores)),
            "architectures": count,
        }
    )
    return table.sort_values("importance", ascending=False, kind="stable", ignore_index=True)


def _constant(objective: str, varying: Sequence[str], count: int) -> pd.DataFrame:
    """Nothing varies, so nothing depends on anything."""
    names = [name.removeprefix(PREFIX) for name in varying]
    figures = dict.fromkeys(("importance", "low", "high"), 0.0)
    table = pd.DataFrame({"objective": objective, "gene": names, **figures})
    table = table.assign(effect=np.nan, score=np.nan, architectures=count)
    return table[list(COLUMNS)]


def _cross_validated(
    x: Values, y: Values, groups: Values, seed: int
) -> tuple[Values, list[float]]:
    """R² that each gene's shuffling loses, shape (folds x repetitions, genes), and R² itself."""
    rng, lost, scores = np.random.default_rng(seed), [], []
    for train, test in GroupKFold(_FOLDS, shuffle=True, random_state=seed).split(x, y, groups):
        if np.ptp(y[test]) == 0:
            continue
        forest = RandomForestRegressor(
            _TREES, min_samples_leaf=2, max_features=0.5, random_state=seed
        ).fit(x[train], y[train])
        shuffled = np.repeat(x[test][np.newaxis], 1 + _REPEATS * x.shape[1], axis=0)
        for repeat in range(_REPEATS):
            for gene in range(x.shape[1]):
                block = shuffled[1 + repeat * x.shape[1] + gene]
                block[:, gene] = rng.permutation(block[:, gene])
        predicted = forest.predict(shuffled.reshape(-1, x.shape[1])).reshape(len(shuffled), -1)
        r2 = 1 - ((predicted - y[test]) ** 2).mean(axis=1) / y[test].var()
        scores.append(float(r2[0]))
        lost.append((r2[0] - r2[1:]).reshape(_REPEATS, -1))
    return np.vstack(lost), scores


def _spearman(gene: Values, figure: Values) -> float:
    table = pd.DataFrame({"gene": gene, "figure": figure}).dropna()
    if table.nunique().min() < 2:
        return float("nan")
    return float(table["gene"].rank().corr(table["figure"].rank()))
