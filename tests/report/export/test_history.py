"""The history of a run: whole, in every form."""

import optuna
import pandas as pd
import pytest
import tensorflow as tf

from evoapproxnas.report.export import export_run
from evoapproxnas.report.export.history import history
from evoapproxnas.search import run_campaign
from evoapproxnas.store import load_run
from tests.fakes import FakeExecutor, Recorder, tiny_run
from tests.report.page.runs import change
from tests.synthetic_runs import Scripted, synthetic_run


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run of fakes, some of which fail."""
    run = tiny_run(tmp_path_factory.mktemp("runs") / "made", "search.generations=2")
    executor = FakeExecutor(fails=lambda task: task.name.endswith("-01"))
    run_campaign(run, executor, Recorder())
    return run


def check_history(run, table):
    points, failures = run.points(), run.database.failures()
    assert len(table) == len(points) + len(failures)
    assert set(table["id"]) == {str(name) for name in (*points, *failures)}
    assert set(run.evaluations()) <= set(table)
    failed = table[table["state"] == "failed"]
    assert len(failed) == len(failures) > 0
    assert set(failed["reason"]) == {"loss is nan"}


def test_history_has_every_point_and_every_failure(made):
    table = history(made)
    check_history(made, table)
    children = table[table["generation"] > 0]
    assert children["parents"].str.contains("g").all()
    first = table[table["id"] == made.evaluations()["id"][0]].iloc[0]
    assert first["error"] == made.evaluations()["error"][0]


def test_csv_and_parquet_hold_the_history(made, tmp_path):
    for target, read in (("csv", pd.read_csv), ("parquet", pd.read_parquet)):
        exported = export_run(made, target, tmp_path / f"history.{target}")
        check_history(made, read(exported.path))


def test_an_empty_run_has_an_empty_history(tmp_path):
    run = tiny_run(tmp_path / "fresh")
    for target in ("csv", "parquet", "tensorboard", "optuna"):
        assert export_run(run, target).path.exists()
    assert pd.read_csv(run.path / "exports" / "fresh.csv").empty


def scalars(folder):
    """Tags of an event file, and values by step."""
    found = {}
    (file,) = folder.glob("events.out.tfevents.*")
    for record in tf.data.TFRecordDataset(str(file)):
        event = tf.compat.v1.Event.FromString(record.numpy())
        for value in event.summary.value:
            found.setdefault(value.tag, {})[event.step] = value.simple_value
    return found


def test_event_files_have_the_campaign_and_every_training(run, tmp_path):
    folder = export_run(run, "tensorboard", tmp_path / "events").path
    campaign = scalars(folder / "campaign")
    volumes = {g.generation: g.hypervolume for g in run.database.generations()}
    assert campaign["campaign/hypervolume"] == pytest.approx(volumes)
    assert len(campaign["points/error"]) == len(run.points())
    best = list(campaign["best/error"].values())
    assert best == sorted(best, reverse=True)
    trainings = [t for t in run.database.trainings() if t.history]
    assert trainings
    for training in trainings:
        curves = scalars(folder / "trainings" / str(training.id))
        assert len(curves["loss"]) == len(training.history)


def test_a_study_has_every_point_with_its_figures(made, tmp_path):
    path = export_run(made, "optuna", tmp_path / "study.db").path
    study = optuna.load_study(study_name="made", storage=f"sqlite:///{path}")
    assert study.metric_names == ["error", "energy_nj"]
    states = optuna.trial.TrialState
    complete = study.get_trials(states=[states.COMPLETE])
    points = {str(name): point for name, point in made.points().items()}
    assert {trial.user_attrs["id"] for trial in complete} == set(points)
    for trial in complete:
        point = points[trial.user_attrs["id"]]
        assert trial.values == [point.metrics["error"], point.metrics["energy_nj"]]
        assert trial.user_attrs["multipliers"] == point.assignment
        assert trial.params["depth"] == made.network(trial.user_attrs["id"]).depth
    failed = study.get_trials(states=[states.FAIL])
    assert len(failed) == len(made.database.failures())
    front = {points[t.user_attrs["id"]].metrics["error"] for t in study.best_trials}
    assert front == set(made.front()["error"])


def test_points_that_lack_an_objective_are_no_trials_that_count(tmp_path):
    run = synthetic_run(tmp_path / "made", "search.generations=1", "search.population=4")
    run_campaign(run, Scripted(), Recorder())
    without = "UPDATE points SET metrics = json_remove(metrics, '$.error') WHERE id % 2 = 0"
    change(run.path, (without,))
    damaged = load_run(run.path, read_only=True)
    path = export_run(damaged, "optuna", tmp_path / "study.db").path
    study = optuna.load_study(study_name="made", storage=f"sqlite:///{path}")
    states = optuna.trial.TrialState
    assert len(study.get_trials(states=[states.FAIL])) == 4
    assert len(study.get_trials(states=[states.COMPLETE])) == 4
    folder = export_run(damaged, "tensorboard", tmp_path / "events").path
    assert len(scalars(folder / "campaign")["points/error"]) == 4


def test_a_study_of_another_problem_has_its_genes(tmp_path):
    run = synthetic_run(tmp_path / "made", "search.generations=1", "search.population=4")
    run_campaign(run, Scripted(), Recorder())
    path = export_run(run, "optuna", tmp_path / "study.db").path
    study = optuna.load_study(study_name="made", storage=f"sqlite:///{path}")
    assert all(name.startswith("gene_") for name in study.trials[0].params)
    assert study.trials[0].params
