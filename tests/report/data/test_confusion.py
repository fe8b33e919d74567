import numpy as np
import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.multipliers import load_library
from evoapproxnas.report.data import confusion_frame, error_map_frame

LABELS = np.array([0, 0, 1, 1])


def test_pairs_of_classes_are_counted():
    scores = np.array([[2.0, 1, 0], [0, 2, 1], [0, 2, 1], [0, 2, 1]])
    table = confusion_frame(LABELS, {"exact": LABELS, "approximate": scores}, classes=3)
    assert table.groupby("network")["count"].sum().tolist() == [4, 4]
    own = table[table["network"] == "approximate"].set_index(["true", "predicted"])
    assert own.at[(0, 1), "count"] == 1
    assert own.at[(0, 1), "share"] == 0.5
    assert np.isnan(own.at[(2, 0), "share"])
    named = confusion_frame(LABELS, {"exact": LABELS}, classes=["cat", "dog"])
    assert named["true"].tolist() == ["cat", "cat", "dog", "dog"]


def test_what_does_not_agree_is_refused():
    with pytest.raises(ConfigError, match="one row for each label"):
        confusion_frame(LABELS, {"exact": LABELS[:2]})
    with pytest.raises(ConfigError, match="classes of 0 to 0"):
        confusion_frame(LABELS, {"exact": LABELS}, classes=["cat"])
    assert confusion_frame(LABELS, {}).empty


def test_errors_of_a_multiplier_by_operands():
    table = error_map_frame(load_library()["mul8u_or8_v6"], blocks=4)
    assert len(table) == 16
    assert table["activation"].drop_duplicates().tolist() == [0, 64, 128, 192]
    assert (table["mean_abs_error"] >= 0).all()
