"""Runs of earlier schemas. `schema_1` has some candidates of a campaign of that time."""

import shutil
import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from evoapproxnas.errors import StoreError
from evoapproxnas.records import Candidate, CandidateId, Evaluation, Point, StepId
from evoapproxnas.store import Database, load_run
from evoapproxnas.store.migration import SCHEMA_VERSION

SCHEMA_1 = Path(__file__).parent / "schema_1"


@pytest.fixture
def old(tmp_path):
    """A run of schema 1."""
    folder = tmp_path / "old"
    shutil.copytree(SCHEMA_1, folder)
    with sqlite3.connect(folder / "campaign.sqlite") as connection:
        connection.executescript((folder / "campaign.sql").read_text("utf-8"))
    (folder / "campaign.sql").unlink()
    return folder


def version(path):
    with sqlite3.connect(path / "campaign.sqlite") as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def same_front(run):
    written = pd.read_csv(run.path / "front.csv")
    pd.testing.assert_frame_equal(run.front()[list(written)], written, check_dtype=False)


def test_an_old_run_is_read_as_it_is(old):
    before = {file.name: file.read_bytes() for file in old.iterdir()}
    run = load_run(old, read_only=True)
    same_front(run)
    assert len(run.evaluations()) == 12
    for place, evaluation in run.archive().items():
        assert run.network(place).macs == evaluation.metrics["macs"]
    assert {file.name: file.read_bytes() for file in old.iterdir()} == before


def test_an_old_run_is_migrated_when_it_is_written(old):
    run = load_run(old)
    rows = run.database.evaluations(), run.database.tests(), run.database.generations()
    lock = run.lock()
    run.check_acceptable()
    assert version(old) == 1
    run.begin_writing()
    run.end_writing()
    lock.release()
    assert version(old) == SCHEMA_VERSION
    again = load_run(old)
    same_front(again)
    database = again.database
    assert (database.evaluations(), database.tests(), database.generations()) == rows
    (training, *_), states = database.trainings(), database.states()
    assert len(database.trainings()) == 12
    assert (training.budget, training.recipe, training.state) == (6.0, "", "finished")
    assert training.architecture_key == again.network(training.id.candidate).architecture_key
    first = database.evaluations()[training.id]
    assert first.assignment == again.network(training.id.candidate).assignment
    errors = {p.candidate: e.metrics["error"] for p, e in database.evaluations().items()}
    for place, error in errors.items():
        assert states[place] == ("infeasible" if error > 0.7 else "evaluated")
    assert not [name for (name,) in database._read("SELECT name FROM sqlite_master")
                if name.startswith("old_")]  # fmt: skip
    assert database.config()["training"]["epochs"] == 6


def test_a_run_without_operators_gets_them(tmp_path):
    path = tmp_path / "campaign.sqlite"
    database = Database.create(path, {"error": "min"})
    first = Candidate(CandidateId(0, 0), (1, 2), "key", "{}")
    database.add_candidates([first])
    database.close()
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "ALTER TABLE candidates DROP COLUMN operator; "
            "ALTER TABLE points DROP COLUMN accelerator; PRAGMA user_version = 3"
        )
    child = Candidate(CandidateId(1, 0), (3,), "other", "{}", (first.id,), "", "insertion")
    again = Database.open(path)
    again.add_candidates([child])
    assert again.candidates() == {first.id: first, child.id: child}
    again.close()
    assert version(tmp_path) == SCHEMA_VERSION


def test_a_run_without_accelerators_gets_them(tmp_path):
    path = tmp_path / "campaign.sqlite"
    database = Database.create(path, {"error": "min"})
    step = StepId(CandidateId(0, 0))
    database.add_candidates([Candidate(step.candidate, (1, 2), "key", "{}")])
    database.add_outcome(step, Evaluation({"error": 0.5}))
    database.close()
    with sqlite3.connect(path) as connection:
        connection.executescript(
            "ALTER TABLE points DROP COLUMN accelerator; PRAGMA user_version = 4"
        )
    again = Database.open(path)
    further = StepId(step.candidate, 1)
    points = Point({"error": 0.3}, accelerator="eyeriss"), Point({"error": 0.4})
    first, *others = points
    again.add_outcome(
        further, Evaluation(first.metrics, others=tuple(others), accelerator=first.accelerator)
    )
    found = again.evaluations()
    assert found[step].points == (Point({"error": 0.5}),)
    assert found[further].points == points
    again.close()
    assert version(tmp_path) == SCHEMA_VERSION


def test_a_migration_happens_whole_or_not_at_all(old):
    with sqlite3.connect(old / "campaign.sqlite") as connection:
        connection.execute("ALTER TABLE tests RENAME COLUMN metrics TO figures")
    before = (old / "campaign.sqlite").read_bytes()
    with pytest.raises(StoreError, match=r"campaign\.sqlite"):
        Database.open(old / "campaign.sqlite")
    assert (old / "campaign.sqlite").read_bytes() == before
