"""What did not work out, and what was not tried."""

from collections.abc import Sequence

import pandas as pd

from evoapproxnas.report.data.grouping import label_runs
from evoapproxnas.report.data.timeline import timeline_frame
from evoapproxnas.store import Run


def outcome_frame(runs: Sequence[Run]) -> pd.DataFrame:
    """Count the outcomes of runs.

    Args:
        runs: that are counted.

    Returns:
        One row for each run and kind: `run`, `group`, `outcome` (of `timeline_frame`), `count`,
        `seconds`: that they took, added up over workers.

    Raises:
        StoreError: if a run cannot be read.
    """
    columns = ["run", "group", "outcome", "count", "seconds"]
    tables = [pd.DataFrame(columns=columns)]
    for one in label_runs(runs):
        grouped = timeline_frame(one.run).groupby("outcome")["took_seconds"]
        table = pd.DataFrame({"count": grouped.size(), "seconds": grouped.sum()}).reset_index()
        tables.append(table.assign(run=one.label, group=one.group)[columns])
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else tables[0]
