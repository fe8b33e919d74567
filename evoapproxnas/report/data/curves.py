"""Learning curves of the trainings of a run."""

import pandas as pd

from evoapproxnas.store import Run

_COLUMNS = ("id", "candidate", "step", "epoch", "passes", "inherited_from", "reused_from")


def curve_frame(run: Run) -> pd.DataFrame:
    """List the epochs of all trainings.

    Args:
        run: whose trainings they are.

    Returns:
        One row for each epoch of each training, in the order in which trainings ended: `id` of
        the step that trained, `candidate`, `step`, `epoch` from 1, `passes` over the training
        images that its weights had had by then, those of weights that it began with included;
        `inherited_from`: the step whose weights it began with, empty from scratch;
        `reused_from`: the run that it was taken over from, else empty. Then what was measured, by
        name (`loss`, `accuracy`, `val_accuracy`, ...; accuracies 0..1); NaN where it was not.

    Raises:
        StoreError: if the run cannot be read.
    """
    rows = []
    for training in run.database.trainings():
        epochs = len(training.history)
        for number, figures in enumerate(training.history, 1):
            left = training.budget * (epochs - number) / epochs
            values = (
                *(str(training.id), str(training.id.candidate), training.id.step, number),
                *(training.passes - left, str(training.inherited_from or "")),
                training.reused_from,
            )
            rows.append({**figures, **dict(zip(_COLUMNS, values, strict=True))})
    table = pd.DataFrame(rows) if rows else pd.DataFrame(columns=list(_COLUMNS))
    measured = [str(name) for name in table if name not in _COLUMNS]
    return table[[*_COLUMNS, *measured]].astype(dict.fromkeys(measured, float))
