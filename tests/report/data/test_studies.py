from pathlib import Path

import pytest

from evoapproxnas.errors import StoreError
from evoapproxnas.report.data import assigned_frame, retrained_frame, sweep_frame
from tests.dashboard.runs import SWEEP, sweep_study

REFERENCE = Path(__file__).parents[3] / "runs" / "cifar10-resnet8"


def test_a_study_is_read_as_it_was_measured():
    sweep = sweep_frame(REFERENCE)
    assert sweep["screened"].dtype == bool
    assert sweep.loc[sweep["kind"] == "exact", "accuracy"].max() == 0.8772
    front = assigned_frame(REFERENCE / "assign-0").set_index("id")
    retrained = retrained_frame(REFERENCE / "assign-0")
    assert set(retrained["id"]) <= set(front.index)
    assert retrained["test_accuracy"].between(0.5, 1).all()


def test_a_study_that_has_just_begun_says_what_it_lacks(tmp_path):
    begun = sweep_study(tmp_path / "begun", SWEEP[: SWEEP.index("exact,")])
    with pytest.raises(StoreError, match="no measurement of the exact multiplier yet"):
        sweep_frame(begun)
    for read in (sweep_frame, assigned_frame, retrained_frame):
        with pytest.raises(StoreError, match="No such file"):
            read(tmp_path / "nothing")
