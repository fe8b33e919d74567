from dataclasses import asdict

import pytest

from evoapproxnas.files import encode_json
from evoapproxnas.problems.cnn.finish.records import Assigned, Trained, Tuned
from evoapproxnas.problems.cnn.finish.table import finished_table
from evoapproxnas.store import FinishedStage

TRAINED = Trained(
    passes=9, selected_epoch=9, val_accuracy=0.9, seconds=60.0, seed=5, begun_with="", history=()
)
ASSIGNED = Assigned(
    front=(),
    val_exact8_accuracy=0.9,
    float_accuracy=0.93,
    exact8_accuracy=0.92,
    test_images=1000,
    seconds=2.0,
)


def row(kind, name, identity, record):
    return FinishedStage(kind, name, "g00-01", identity, encode_json(asdict(record)))


def tuned(name, kind, energy, accuracy, training="t1"):
    figures = {
        "energy_nj": 10 * energy, "relative_energy": energy, "mmac_equivalents": 3 * energy,
        "macs": 100.0, "parameters": 10.0,
    }  # fmt: skip
    record = Tuned(
        training=training,
        kind=kind,
        assignment={"conv": "mul8u_or8_v6"},
        val_before=0.8,
        val_accuracy=accuracy,
        test_before=0.8,
        test_accuracy=accuracy,
        passes=4,
        selected_epoch=4,
        gradient="ste",
        seconds=3.0,
        seed=6,
        figures=figures,
    )
    return row("tuning", f"g00-01-{name}", name, record)


def table(*tunings):
    first = row("training", "g00-01", "t1", TRAINED)
    return finished_table([first, row("assignment", "g00-01", "a1", ASSIGNED), *tunings])


def test_an_approximate_point_stands_beside_the_exact_one_that_takes_no_less():
    found = table(
        tuned("a4w4", "exact a4w4", 0.16, 0.80),
        tuned("f9", "approximate", 0.2, 0.89),
        tuned("f2", "approximate", 0.4, 0.9),
        tuned("a5w5", "exact a5w5", 0.29, 0.85),
        tuned("a8w8", "exact a8w8", 1.0, 0.91),
    ).set_index("id")
    assert list(found.index) == [f"g00-01-{n}" for n in ("f2", "f9", "a8w8", "a5w5", "a4w4")]
    cheap = found.loc["g00-01-f9"]
    assert (cheap["exact_bits"], cheap["exact_bits_accuracy"]) == ("a5w5", 0.85)
    assert found.loc["g00-01-f2", "exact_bits"] == "a8w8"
    # Its own exact 8-bit is the one that was fine-tuned alike.
    assert cheap["loss_points"] == pytest.approx(2.0)
    assert (cheap["exact8_accuracy"], cheap["float_accuracy"]) == (0.91, 0.93)
    assert (cheap["seconds"], cheap["seed"], cheap["test_images"]) == (63.0, 5, 1000)
    assert cheap["multipliers"] == "conv: mul8u_or8_v6"


def test_without_such_baselines_exact_8_bit_is_as_it_was_trained():
    found = table(tuned("f1", "approximate", 0.4, 0.9)).iloc[0]
    assert found["loss_points"] == pytest.approx(2.0)
    assert found["exact_bits"] is None


def test_what_began_with_an_earlier_training_is_left_out():
    old, new = tuned("f1", "approximate", 0.4, 0.5, "t0"), tuned("f2", "approximate", 0.3, 0.9)
    assert list(table(old, new)["id"]) == ["g00-01-f2"]
    assert finished_table([old]).empty
