import sqlite3

import pytest

from evoapproxnas.constraints import Limit, Ranking
from evoapproxnas.errors import StoreError
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    Failure,
    Point,
    PointId,
    Rejection,
    StepId,
    Training,
)
from evoapproxnas.search import run_campaign
from evoapproxnas.store import Database, GenerationRow, TrainingRow, connection
from tests.fakes import FakeExecutor, Recorder, tiny_run

A, B = CandidateId(0, 0), CandidateId(1, 3)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "campaign.sqlite"


@pytest.fixture
def database(path):
    made = Database.create(path, {"error": "min", "gain": "max"})
    made.add_candidates(
        [
            Candidate(place, (1, 2, 3), f"key of {place}", "{}", parents, "architecture", operator)
            for place, parents, operator in ((A, (), ""), (B, (A,), "insertion"))
        ]
    )
    yield made
    made.close()


def test_everything_written_is_read_back(database, path):
    database.add_outcome(StepId(A), Evaluation({"error": 0.25, "gain": 3.0}, 1.5))
    database.add_outcome(StepId(B), Failure("timeout", "too slow", 9.0, "trace"))
    database.add_test(PointId(A), {"accuracy": 0.7})
    database.add_generation(GenerationRow(0, (A,), 0.5))
    reader = Database.open(path, read_only=True)
    assert reader.directions() == {"error": "min", "gain": "max"}
    assert reader.candidates()[B] == Candidate(
        B, (1, 2, 3), "key of g01-03", "{}", (A,), "architecture", "insertion"
    )
    assert reader.evaluations() == {StepId(A): Evaluation({"error": 0.25, "gain": 3.0}, 1.5)}
    assert reader.failures() == {StepId(B): Failure("timeout", "too slow", 9.0, "trace")}
    assert reader.tests() == {PointId(A): {"accuracy": 0.7}}
    assert reader.generations() == [GenerationRow(0, (A,), 0.5)]


def test_cache_hits_name_their_source(database):
    database.add_outcome(StepId(A), Evaluation({"error": 0.25}))
    database.add_outcome(StepId(B), Evaluation({"error": 0.25}), source=A)
    assert database.cache_hits() == {B: A}


def test_recording_again_changes_nothing(database):
    database.add_candidates([Candidate(A, (9,), "other", "{}")])
    assert database.candidates()[A].genes == (1, 2, 3)


def test_a_generation_that_was_cut_short_becomes_whole(database):
    database.add_generation(GenerationRow(0, (), 0.0))
    database.add_generation(GenerationRow(0, (A,), 0.5))
    assert database.generations() == [GenerationRow(0, (A,), 0.5)]


def test_a_training_and_its_point_are_told_apart(database):
    history = ({"epoch": 1.0, "loss": 0.5, "val_accuracy": None},)
    training = Training(4.0, "recipe", 9.0, "id", history, 2.5, "stopped", StepId(B, 2))
    assignment = {"conv": "exact8"}
    database.add_outcome(StepId(A), Evaluation({"error": 0.5}, 3.0, training, assignment))
    other = Evaluation({"error": 0.4}, assignment={"conv": "other"}, weights=StepId(A))
    database.add_outcome(StepId(B), other, source=A)
    row = TrainingRow(
        *(StepId(A), "architecture", 4.0, 9.0, "recipe", "id", history, 2.5, "stopped"),
        StepId(B, 2),
    )
    assert database.trainings() == [row]
    assert database.evaluations()[StepId(B)].assignment == {"conv": "other"}
    both = database._read("SELECT training FROM points")
    assert both == [(1,), (1,)]


def test_states_are_told_apart(database):
    places = [CandidateId(2, i) for i in range(5)]
    database.add_candidates([Candidate(place, (), "", "{}") for place in places])
    evaluated, infeasible, failed, rejected, lost = places
    database.add_outcome(StepId(evaluated), Evaluation({"error": 0.1}))
    database.add_outcome(StepId(infeasible), Evaluation({"error": 0.9}), infeasible=True)
    database.add_outcome(StepId(failed), Failure("diverged", "loss is nan"))
    database.add_outcome(StepId(rejected), Rejection({"macs": 9.0}, "too large"))
    database.add_outcome(StepId(lost), Failure("lost", "the node is gone"))
    states = database.states()
    assert [states[place] for place in places] == [
        *("evaluated", "infeasible", "failed", "rejected", "lost"),
    ]
    assert states[A] == "proposed"
    assert set(database.outcomes()) == {StepId(place) for place in places[:4]}
    assert database.outcomes()[StepId(rejected)] == Rejection({"macs": 9.0}, "too large")
    assert set(database.failures()) == {StepId(place) for place in places[2:]}


def test_what_was_lost_is_done_again(database):
    database.add_outcome(StepId(A), Failure("lost", "the node is gone"))
    database.add_outcome(StepId(A), Evaluation({"error": 0.1}))
    assert database.states()[A] == "evaluated"
    assert database.failures() == {}


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        ("UPDATE candidates SET genes = 'x'", "candidates"),
        ("UPDATE candidates SET parents = '[[1]]'", "candidates"),
        ('UPDATE points SET metrics = \'{"error": "low"}\'', "evaluations"),
        ("UPDATE points SET metrics = '{\"error\": NaN}'", "evaluations"),
        ("UPDATE points SET assignment = '[]'", "evaluations"),
        ("UPDATE points SET seconds = 'long'", "evaluations"),
        ("UPDATE points SET source = '[0]'", "cache_hits"),
        ("UPDATE trainings SET history = '[1]'", "trainings"),
        ("UPDATE failures SET seconds = 'long'", "failures"),
        ("UPDATE tests SET metrics = 'null'", "tests"),
        ("UPDATE generations SET survivors = '{}'", "generations"),
        ("UPDATE generations SET hypervolume = 'large'", "generations"),
    ],
)
def test_malformed_rows_name_file_and_row(database, path, statement, read):
    database.add_outcome(StepId(A), Evaluation({"error": 0.1}, 1.0, Training(1.0, "")))
    database.add_outcome(StepId(B), Failure("raised", "x"))
    database.add_test(PointId(A), {"accuracy": 0.7})
    database.add_generation(GenerationRow(0, (A,), 0.5))
    database._connection.execute(statement)
    with pytest.raises(StoreError, match=r"campaign\.sqlite, \w+"):
        getattr(database, read)()


def test_outcomes_are_whole_or_absent(database):
    with pytest.raises(ValueError, match="JSON"):
        database.add_outcome(
            StepId(A), Evaluation({"error": float("nan")}, 1.0, Training(1.0, ""))
        )
    assert database.trainings() == []
    assert database.states()[A] == "proposed"


def test_transactions_may_be_nested(database):
    def interrupted():
        with database.transaction():
            database.add_outcome(StepId(A), Evaluation({"error": 0.1}))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert database.evaluations() == {}
    with database.transaction():
        database.add_outcome(StepId(A), Evaluation({"error": 0.1}))
        database.add_test(PointId(A), {"accuracy": 0.7})
    assert list(database.tests()) == [PointId(A)]


def test_limits_and_configuration_are_kept(tmp_path):
    limits = (Limit("macs", "min", 1e6), Limit("rate", "max", 3.0))
    made = Database.create(tmp_path / "x", {"error": "min"}, limits=limits, config={"seed": 3})
    assert made.ranking() == Ranking({"error": "min"}, limits)
    assert made.config() == {"seed": 3}
    made.set_config({"seed": 4})
    assert made.config() == {"seed": 4}


def test_a_closed_database_is_one_file(tmp_path, monkeypatch):
    monkeypatch.setattr(connection, "_PATIENCE", 0.0)
    path = tmp_path / "campaign.sqlite"
    Database.create(path, {"error": "min"}).close()
    writer = Database.open(path)
    writer.start_session()
    assert path.with_name("campaign.sqlite-wal").exists()
    reader = Database.open(path, read_only=True)
    assert len(reader._read("SELECT * FROM sessions")) == 1
    writer.close()  # The reader keeps the log from being merged, and nothing is lost.
    reader.close()
    Database.open(path).close()
    assert [file.name for file in tmp_path.iterdir()] == ["campaign.sqlite"]


def test_sessions_add_up(database):
    for seconds in (2.0, 3.0):
        database.update_session(database.start_session(), seconds)
    assert database.seconds_worked() == 5.0


def test_absent_foreign_damaged_and_newer_files_are_told_apart(tmp_path, path):
    with pytest.raises(StoreError, match="is this a run folder"):
        Database.open(path)
    foreign = sqlite3.connect(tmp_path / "foreign.sqlite")
    foreign.execute("CREATE TABLE t (x)")
    foreign.close()
    with pytest.raises(StoreError, match="another program"):
        Database.open(tmp_path / "foreign.sqlite")
    (tmp_path / "damaged.sqlite").write_bytes(b"not a database" * 400)
    with pytest.raises(StoreError, match="damaged"):
        Database.open(tmp_path / "damaged.sqlite")
    Database.create(path, {}).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(StoreError, match="newer evoapproxnas"):
        Database.open(path)


def test_a_database_is_never_overwritten(database, path):
    with pytest.raises(StoreError, match="never overwritten"):
        Database.create(path, {})


def test_a_full_disk_keeps_what_was_recorded(database, path):
    database.add_outcome(StepId(A), Evaluation({"error": 0.25}))
    (pages,) = database._connection.execute("PRAGMA page_count").fetchone()
    database._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="free some space and resume"):
        database.add_outcome(StepId(B), Failure("raised", "x", details="long " * 10_000))
    assert Database.open(path).evaluations() == {StepId(A): Evaluation({"error": 0.25})}


def test_writing_to_a_reader_is_refused(database, path):
    with pytest.raises(StoreError, match="may be written"):
        Database.open(path, read_only=True).start_session()


def test_steps_and_their_points_are_read_as_they_were_written(database):
    more = (Point({"error": 0.3}, {"conv": "b"}), Point({"error": 0.4}, {"conv": "c"}))
    training = Training(1.0, "recipe", 1.0)
    first = Evaluation({"error": 0.2}, 2.0, training, {"conv": "a"}, more, StepId(A))
    second = Evaluation({"error": 0.1}, 3.0, training, weights=StepId(A, 1), reused_from="other")
    emulated = Evaluation({"error": 0.5}, 1.0, weights=StepId(A, 1))
    database.add_outcome(StepId(A), first)
    database.add_outcome(StepId(A, 1), second)
    database.add_outcome(StepId(B), emulated)
    database.add_outcome(StepId(B, 1), Failure("timeout", "too slow"))
    assert database.outcomes() == {
        StepId(A): first,
        StepId(A, 1): second,
        StepId(B): emulated,
        StepId(B, 1): Failure("timeout", "too slow"),
    }
    assert database.states()[B] == "evaluated"


@pytest.mark.parametrize(
    "settings",
    [
        ("search.limits={energy_nj=100}",),
        ("rungs.passes=[2, 6, 9]", "inheritance.enabled=true", "search.population=8"),
    ],
)
def test_counts_are_those_of_the_campaign(tmp_path, settings):
    run, recorder = tiny_run(tmp_path / "a", *settings), Recorder()
    run_campaign(run, FakeExecutor(fails=lambda task: task.name.endswith("3")), recorder)
    counts, told = vars(run.database.counts()), vars(recorder.generations[-1][0].counts)
    assert counts == told
    assert counts["failures"]
    assert counts["done"] == len(run.database.candidates())
