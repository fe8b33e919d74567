import keras
import numpy as np
import pandas as pd
import pytest

import evoapproxnas as ea
from evoapproxnas.config import DataConfig
from evoapproxnas.errors import (
    ConfigError,
    DatasetError,
    MultiplierError,
    QuantizationError,
    StoreError,
    UnknownNameError,
)
from evoapproxnas.resilience import SweepOptions, sweep
from evoapproxnas.resilience.options import with_changes
from evoapproxnas.training import accuracy, load_dataset

SMALL = SweepOptions(multipliers=("mul8u_or8_v6", "mul8u_trunc_a6_w6"), bits=(4,), images=100)


def options(**changes):
    return with_changes(SMALL, changes)


@pytest.fixture(scope="module")
def result(trained, digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    return folder, sweep(trained, digits, options=SMALL, folder=folder)


def by_name(result):
    return result.table().set_index("multiplier")


def test_rows_are_baselines_and_circuits(result):
    frame = result[1].table()
    assert list(frame["kind"]) == ["float", "exact", "narrow", "circuit", "circuit"]
    assert list(frame["bits"]) == [32, 8, 4, 8, 8]
    assert (frame["images"] == 100).all()
    assert frame["relative_energy"].iloc[1] == 1.0
    assert frame["loss_points"].iloc[1] == 0.0
    assert 0 < frame["relative_energy"].iloc[2] < 0.3


def test_accuracy_is_that_of_a_conversion_with_exact_dense_layers(result, trained, digits):
    calibration = ea.observe(trained, digits.x_train[:256])
    x, y = digits.x_test[:100], digits.y_test[:100]
    chosen = {"first": "mul8u_or8_v6", "second": "mul8u_or8_v6", "head": "exact8"}
    rows = by_name(result[1])
    expected = accuracy(ea.approximate(trained, chosen, calibration), x, y)
    assert rows.loc["mul8u_or8_v6", "accuracy"] == expected
    assert rows.loc["float", "accuracy"] == accuracy(trained, x, y)
    narrow = ea.approximate(
        trained, "mul8u_exact_a4w4", calibration, activation_bits=4, weight_bits=4
    )
    assert rows.loc["mul8u_exact_a4w4", "accuracy"] == accuracy(narrow, x, y)


def test_energy_is_multiplications_times_energy(result):
    rows = by_name(result[1])
    library = ea.load_library()
    convolutions, dense = 64 * 9 * 6 + 64 * 9 * 6 * 6, 96 * 10
    exact = library["exact8"].energy_pj
    circuit = library["mul8u_or8_v6"].energy_pj
    expected = (convolutions * circuit + dense * exact) / 1000
    assert rows.loc["mul8u_or8_v6", "energy_nj"] == pytest.approx(expected)
    expected /= (convolutions + dense) * exact / 1000
    assert rows.loc["mul8u_or8_v6", "relative_energy"] == pytest.approx(expected)
    equivalents = rows["energy_nj"] * 1e-3 / exact
    np.testing.assert_allclose(rows["mmac_equivalents"], equivalents)
    narrow = library["mul8u_exact_a4w4"].energy_pj / exact
    assert rows.loc["mul8u_exact_a4w4", "relative_energy"] == pytest.approx(narrow)


def test_an_interrupted_sweep_goes_on(result, trained, digits, tmp_path):
    whole, told = result[0] / "sweep.csv", []
    lines = whole.read_text().splitlines(keepends=True)
    (tmp_path / "identity.json").write_text((result[0] / "identity.json").read_text())
    (tmp_path / "sweep.csv").write_text("".join(lines[:4]) + lines[4][:20])  # cut short
    again = sweep(
        trained, digits, options=SMALL, folder=tmp_path, observer=lambda *a: told.append(a)
    )
    assert again.table().equals(result[1].table())
    assert (tmp_path / "sweep.csv").read_text() == whole.read_text()
    assert [done for _, done, _ in told] == [1, 2, 3, 4, 5]


def test_another_model_or_other_images_need_another_folder(result, trained, digits):
    other = keras.models.clone_model(trained)
    with pytest.raises(StoreError, match="fingerprint was .* choose another folder"):
        sweep(other, digits, options=SMALL, folder=result[0])
    with pytest.raises(StoreError, match="images was 100, now 50"):
        sweep(trained, digits, options=options(images=50), folder=result[0])


def test_hopeless_circuits_are_given_up_early(trained, digits, result):
    screened = sweep(trained, digits, options=options(screen=40, screen_margin=5.0))
    rows = by_name(screened)
    assert list(rows["screened"]) == [False, False, False, False, True]
    assert rows.loc["mul8u_trunc_a6_w6", "images"] == 40
    assert rows.loc["mul8u_trunc_a6_w6", "loss_points"] > 20
    kept = by_name(result[1]).loc["mul8u_or8_v6"]
    pd.testing.assert_series_equal(rows.loc["mul8u_or8_v6"], kept)


def test_schemes_and_corrections(trained, digits):
    both = sweep(
        trained,
        digits,
        options=options(
            multipliers=("mul8?_trunc_a3_w3",), corrections=(True, False), bits=(), images=50
        ),
    )
    frame = both.table()
    assert list(frame["weight_scheme"][1:]) == ["sign_magnitude"] * 3 + ["symmetric"] * 3
    assert list(frame["error_correction"]) == [None, None, True, False, None, True, False]
    symmetric = options(weight_scheme="symmetric", bits=(), images=50)
    with pytest.raises(ConfigError, match="is signed, which the weight scheme calls for"):
        sweep(trained, digits, options=symmetric)


def test_probabilities_do_as_well_as_logits(trained, digits):
    outputs = keras.layers.Softmax()(trained.outputs[0])
    softmax = keras.Model(trained.input, outputs)
    only = options(multipliers=("mul8u_or8_v6",), bits=())
    logits = sweep(trained, digits, options=only).table()["accuracy"]
    np.testing.assert_allclose(sweep(softmax, digits, options=only).table()["accuracy"], logits)


def test_models_without_convolutions_are_refused(digits):
    inputs = keras.Input((8, 8, 1))
    model = keras.Model(inputs, keras.layers.Dense(10)(keras.layers.Flatten()(inputs)))
    with pytest.raises(QuantizationError, match="no convolution that can be approximated"):
        sweep(model, digits, options=SMALL)
    dense = sweep(model, digits, options=options(include_dense=True, bits=(), images=20))
    assert dense.table()["relative_energy"].iloc[-1] < 0.1


def test_layers_without_counterpart_are_listed(digits):
    inputs = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(2, 3)(inputs)
    x = keras.layers.Flatten()(keras.layers.PReLU(name="slope")(x))
    model = keras.Model(inputs, keras.layers.Dense(10)(x))
    result = sweep(model, digits, options=options(bits=(), images=20))
    assert result.stays_exact == ("slope: PReLU has no approximate counterpart",)


@pytest.mark.parametrize(
    ("shape", "classes", "message"),
    [((8, 8, 3), 10, r"images of shape \(8, 8, 3\)"), ((8, 8, 1), 7, "tells 7 classes apart")],
)
def test_models_for_other_data_are_refused(digits, shape, classes, message):
    inputs = keras.Input(shape)
    x = keras.layers.Flatten()(keras.layers.Conv2D(2, 3)(inputs))
    with pytest.raises(DatasetError, match=message):
        sweep(keras.Model(inputs, keras.layers.Dense(classes)(x)), digits, options=SMALL)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"multipliers": ("mul8q*",)}, UnknownNameError, "no multiplier matches"),
        ({"images": 1000}, DatasetError, "has 350 test images, asked for 1000"),
        ({"split": "training"}, ConfigError, "'test' or 'validation'"),
        ({"bits": (9,)}, MultiplierError, "2 to 8"),
        ({"activation_bits": 9}, QuantizationError, "2 to 8"),
        ({"activation_range": "batch"}, QuantizationError, "the other images of its batch"),
        ({"image": 9}, ConfigError, "unknown option 'image'; did you mean 'images'"),
        ({"screen": 0}, ConfigError, "positive integer"),
        ({"observer": 3}, ConfigError, "observer must be a function or None, got 3"),
        ({"folder": 3}, ConfigError, "path of the study's folder, got 3"),
    ],
)
def test_options_that_make_no_sense_are_refused(trained, digits, changes, error, message):
    with pytest.raises(error, match=message):
        sweep(trained, digits, options=SMALL, **changes)


def test_another_data_set_is_loaded_as_usual(trained):
    few = load_dataset(DataConfig(dataset="digits", test_images=10))
    frame = sweep(trained, few, options=options(images=None, bits=())).table()
    assert (frame["images"] == 10).all()
