"""Models of a member: what is loaded again computes what it should."""

import numpy as np
import onnxruntime
import pytest
import tensorflow as tf

import evoapproxnas as ea
from evoapproxnas.multipliers.making.bundle import write_library
from evoapproxnas.multipliers.user_library import ENVIRONMENT, user_folders
from evoapproxnas.report.export import export_run
from evoapproxnas.report.export.models import calibration_images
from evoapproxnas.report.export.onnx_file import exact_twin
from evoapproxnas.store import Run
from evoapproxnas.training import load_dataset
from tests.marks import needs_iverilog
from tests.report.export.netlists.test_folder import ran


@pytest.fixture(scope="module")
def images(run):
    return load_dataset(run.config.data).x_val[:40].astype(np.float32)


def agreement(logits, expected):
    """Share of images of one class for both, and the largest difference relative to the spread."""
    same = (logits.argmax(-1) == expected.argmax(-1)).mean()
    return same, np.abs(logits - expected).max() / np.ptp(expected)


def test_keras_gives_the_approximated_model(run, member, images, tmp_path):
    path = export_run(run, "keras", tmp_path / "model.keras", member=member).path
    expected = run.model(member).predict(images, verbose=0)
    np.testing.assert_array_equal(ea.load_model(path).predict(images, verbose=0), expected)


def test_savedmodel_gives_the_approximated_model_to_tensorflow_alone(
    run, member, images, tmp_path
):
    path = export_run(run, "savedmodel", tmp_path / "model", member=member).path
    served = tf.saved_model.load(path)
    expected = run.model(member).predict(images, verbose=0)
    np.testing.assert_allclose(served.serve(images), expected, rtol=1e-4, atol=1e-4)


def test_onnx_carries_the_exact_twin_and_says_so(run, member, images, tmp_path):
    exported = export_run(run, "onnx", tmp_path / "model.onnx", member=member)
    assert "it carries the exact 8-bit twin" in exported.note
    session = onnxruntime.InferenceSession(exported.path)
    assert "exact 8-bit twin, without approximate" in session.get_modelmeta().description
    (logits,) = session.run(None, {"pixels": images})
    float_model = run.model(member, kind="float")
    twin = exact_twin(float_model, calibration_images(run.config), run.config)
    same, furthest = agreement(logits, twin.predict(images, verbose=0))
    assert same >= 0.97
    assert furthest < 0.02  # a rounding that falls the other way


def test_tflite_carries_the_exact_twin_and_says_so(run, member, images, tmp_path):
    litert = pytest.importorskip("ai_edge_litert.interpreter", reason="no ai-edge-litert")
    exported = export_run(run, "tflite", tmp_path / "model.tflite", member=member)
    assert "it carries the exact 8-bit twin" in exported.note
    interpreter = litert.Interpreter(model_path=str(exported.path))
    interpreter.allocate_tensors()
    (given,), (taken,) = interpreter.get_input_details(), interpreter.get_output_details()
    logits = []
    for image in images:
        interpreter.set_tensor(given["index"], image[None])
        interpreter.invoke()
        logits.append(interpreter.get_tensor(taken["index"])[0])
    kinds = {detail["dtype"] for detail in interpreter.get_tensor_details()}
    assert np.int8 in kinds
    same, _ = agreement(np.array(logits), run.model(member, kind="float").predict(images))
    assert same >= 0.9


@needs_iverilog
def test_netlists_are_what_the_member_computes(run, member, tmp_path):
    folder = export_run(run, "netlists", tmp_path / "out", member=member).path
    status, said = ran(folder)
    assert status == 0, said
    assert said.count("PASS") >= 1 + len(run.network(member).assignment)
    accelerator = (folder / "accelerator.toml").read_text()
    assert accelerator.startswith(f"# {run.config.hardware.accelerator}")
    assert member in (folder / "README.txt").read_text()


def test_an_accelerator_can_be_named(run, member, tmp_path):
    folder = tmp_path / "out"
    export_run(run, "netlists", folder, member=member, accelerator="microcontroller")
    assert (folder / "accelerator.toml").read_text().startswith("# microcontroller")


def test_a_run_finds_its_own_library(run, member, tmp_path, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "nothing"))
    write_library(tmp_path / "own", ["mul8u_exact", "mul8u_trunc_a4_w4"])
    config = run.config.space.model_copy(update={"library": str(tmp_path / "own")})
    own = Run(run.path, run.config.model_copy(update={"space": config}), run.database)
    assert own.model(member).output_shape == (None, 10)
    assert tmp_path / "own" in user_folders()
