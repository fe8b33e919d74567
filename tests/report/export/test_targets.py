"""What was asked for wrongly is said, and nothing is left half written."""

import json

import keras
import pytest

from evoapproxnas.config import load_config
from evoapproxnas.errors import ConfigError, EnvironmentBroken, StoreError, UnknownNameError
from evoapproxnas.networks import read_design
from evoapproxnas.problems import make_problem
from evoapproxnas.report.export import TARGETS, export_run, targets
from evoapproxnas.search import run_campaign
from tests.fakes import FakeExecutor, Recorder, tiny_run
from tests.synthetic_runs import Scripted, synthetic_run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run of fakes, whose weights are none."""
    run = tiny_run(tmp_path_factory.mktemp("runs") / "made", "search.generations=1")
    run_campaign(run, FakeExecutor(), Recorder())
    return run


def test_an_unknown_target_names_the_nearest(made):
    with pytest.raises(UnknownNameError, match="did you mean 'netlists'"):
        export_run(made, "netlist", member="g00-00")


def test_a_member_is_given_where_one_is_meant(made):
    first = made.front()["id"][0]
    with pytest.raises(ConfigError, match=f"onnx is of one member.*such as {first}.*got none"):
        export_run(made, "onnx")
    with pytest.raises(ConfigError, match="csv is of a whole run: expected no id, got 'g00-00'"):
        export_run(made, "csv", member="g00-00")


@pytest.mark.parametrize("member", ["g77-00", "best", "g00-00-p99"])
@pytest.mark.parametrize("target", ["keras", "genome", "config"])
def test_an_unknown_member_is_said(made, target, member, tmp_path):
    with pytest.raises(StoreError, match=f"has no (candidate|point) {member}|{member} is no id"):
        export_run(made, target, tmp_path / "out", member=member)
    assert list(tmp_path.iterdir()) == []


def test_what_exists_is_not_overwritten(made, tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("mine")
    with pytest.raises(StoreError, match="exists already, and is not overwritten.*-o"):
        export_run(made, "csv", path)
    assert path.read_text() == "mine"


def test_a_file_has_the_ending_that_its_readers_expect(made, tmp_path):
    with pytest.raises(ConfigError, match=r"ends in \.keras, got .*model\.h5"):
        export_run(made, "keras", tmp_path / "model.h5", member=made.front()["id"][0])


def test_a_folder_that_is_missing_is_said(made, tmp_path):
    with pytest.raises(StoreError, match="cannot write .*choose another folder"):
        export_run(made, "csv", tmp_path / "nowhere" / "history.csv")


@pytest.mark.parametrize("target", ["keras", "savedmodel", "tflite", "onnx", "netlists"])
def test_weights_that_were_deleted_are_said(tmp_path, target):
    run = tiny_run(tmp_path / "made", "search.generations=0")
    run_campaign(run, FakeExecutor(), Recorder())
    member = run.front()["id"][0]
    for file in run.models_dir.iterdir():
        file.unlink()
    with pytest.raises(StoreError, match=f"cannot read the weights of {member}.*Restore the file"):
        export_run(run, target, member=member)
    assert list((run.path / "exports").iterdir()) == []


@pytest.mark.parametrize("target", [name for name, x in TARGETS.items() if x.needs])
def test_a_missing_package_names_its_extra(made, target, monkeypatch):
    monkeypatch.setattr(targets, "find_spec", lambda name: None)
    member = made.front()["id"][0] if TARGETS[target].of == "member" else None
    (extra,) = TARGETS[target].needs.values()
    with pytest.raises(EnvironmentBroken, match=rf"pip install 'evoapproxnas\[{extra}\]'"):
        export_run(made, target, member=member)


def test_an_unknown_accelerator_names_the_nearest(made):
    with pytest.raises(UnknownNameError, match="did you mean 'eyeriss'"):
        export_run(made, "netlists", member=made.front()["id"][0], accelerator="eyeris")
    with pytest.raises(ConfigError, match="an accelerator is of netlists, and csv describes none"):
        export_run(made, "csv", accelerator="eyeriss")


def test_a_network_that_finalize_made_can_be_a_model_only(tmp_path):
    run = tiny_run(tmp_path / "made", "search.generations=0")
    run_campaign(run, FakeExecutor(), Recorder())
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    (run.path / "finish").mkdir()
    model.save(run.path / "finish" / "g00-00-t1.keras")
    path = export_run(run, "keras", member="g00-00-t1").path
    assert keras.saving.load_model(path).output_shape == (None, 2)
    with pytest.raises(ConfigError, match="made.*exported to keras, savedmodel, netlists"):
        export_run(run, "onnx", member="g00-00-t1")


def test_the_configuration_is_that_of_the_run(made, tmp_path):
    path = export_run(made, "config", tmp_path / "again.toml").path
    assert load_config(file=path) == made.config


def test_a_member_begins_another_run(made, tmp_path):
    """As a configuration, or as a design that `--init` takes."""
    member = made.front()["id"][0]
    config = export_run(made, "config", tmp_path / "again.toml", member=member).path
    genome = export_run(made, "genome", tmp_path / "genome.json", member=member).path
    again = load_config(file=config)
    designed = load_config(file=config, settings=[f"search.init=['{genome}']"])
    for settings in (again, designed):
        (start,) = make_problem(settings).warm_starts()
        assert start.draft.architecture_key == made.candidate(member).architecture_key
    genes = json.loads(genome.read_text())["genome"]
    assert tuple(genes["genes"]) == made.candidate(member).genes
    assert genes["assignment"] == made.point(member).assignment


def test_a_genome_needs_no_data_set(made, tmp_path, monkeypatch):
    monkeypatch.setattr("evoapproxnas.problems.cnn.population.load_dataset", None)
    path = export_run(made, "genome", tmp_path / "genome.json", member=made.front()["id"][0]).path
    assert read_design(path)


def test_no_run_begins_with_what_it_could_not(tmp_path):
    failing = tiny_run(tmp_path / "failing", "search.generations=0")
    executor = FakeExecutor(fails=lambda task: task.name == "g00-01")
    run_campaign(failing, executor, Recorder())
    with pytest.raises(ConfigError, match="g00-01 is not on that of failing; export its genome"):
        export_run(failing, "config", member="g00-01")
    assert export_run(failing, "genome", member="g00-01").path.is_file()
    run = synthetic_run(tmp_path / "other", "search.generations=0", "search.population=4")
    run_campaign(run, Scripted(), Recorder())
    with pytest.raises(ConfigError, match="only networks can be begun with"):
        export_run(run, "config", member=run.front()["id"][0])


def test_a_genome_of_another_problem_says_what_its_genes_mean(tmp_path):
    run = synthetic_run(tmp_path / "made", "search.generations=0", "search.population=4")
    run_campaign(run, Scripted(), Recorder())
    member = run.front()["id"][0]
    path = export_run(run, "genome", member=member).path
    written = json.loads(path.read_text())
    assert tuple(written["genes"]) == run.candidate(member).genes
    with pytest.raises(StoreError, match="is no network"):
        export_run(run, "netlists", member=member)
