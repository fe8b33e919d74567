"""What `auto` loses where it does not choose the fastest kernel."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from evoapproxnas.bench.emulation.cases import ANY


def regrets(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Compare the kernel that "auto" chooses with the best, for each layer and table.

    The shortest times of layers are compared. Look-ups, measured with one table, stand for all
    tables: they take the same time. Where the choice itself was not measured nothing is said.

    Args:
        rows: of `bench_layers`, in its order.

    Yields:
        The choice, the best kernel, and how many times longer the choice takes.
    """
    for (shape, weights), group in groupby(rows, key=lambda row: (row["shape"], row["weights"])):
        measured = list(group)
        for table in dict.fromkeys(row["table"] for row in measured):
            fitting = [row for row in measured if row["table"] in (table, ANY)]
            times = {row["kernel"]: row["least_ms"] for row in fitting}
            chosen = next(row["auto"] for row in measured if row["table"] == table)
            if chosen in times:
                best = min(times, key=lambda kernel: times[kernel])
                yield {
                    "shape": shape,
                    "weights": weights,
                    "table": table,
                    "auto": chosen,
                    "best": best,
                    "regret": times[chosen] / times[best],
                }


def worst(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the row of the greatest regret; None of none.

    Args:
        rows: of `regrets`.
    """
    return max(rows, key=lambda row: float(row["regret"]), default=None)
