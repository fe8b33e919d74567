import sqlite3

import pytest

from evoapproxnas.errors import StoreError
from evoapproxnas.records import Candidate, CandidateId, Evaluation, Failure
from evoapproxnas.store import Database, GenerationRow

A, B = CandidateId(0, 0), CandidateId(1, 3)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "campaign.sqlite"


@pytest.fixture
def database(path):
    made = Database.create(path, {"error": "min", "gain": "max"})
    for place, parents in ((A, ()), (B, (A,))):
        made.add_candidate(Candidate(place, (1, 2, 3), f"key of {place}", "{}", parents))
    yield made
    made.close()


def test_everything_written_is_read_back(database, path):
    database.add_outcome(A, Evaluation({"error": 0.25, "gain": 3.0}, 1.5))
    database.add_outcome(B, Failure("timeout", "too slow", 9.0, "trace"))
    database.add_test(A, {"accuracy": 0.7})
    database.add_generation(GenerationRow(0, (A,), 0.5))
    reader = Database.open(path, read_only=True)
    assert reader.directions() == {"error": "min", "gain": "max"}
    assert reader.candidates()[B] == Candidate(B, (1, 2, 3), "key of g01-03", "{}", (A,))
    assert reader.evaluations() == {A: Evaluation({"error": 0.25, "gain": 3.0}, 1.5)}
    assert reader.failures() == {B: Failure("timeout", "too slow", 9.0, "trace")}
    assert reader.tests() == {A: {"accuracy": 0.7}}
    assert reader.generations() == [GenerationRow(0, (A,), 0.5)]


def test_cache_hits_name_their_source(database):
    database.add_outcome(A, Evaluation({"error": 0.25}))
    database.add_outcome(B, Evaluation({"error": 0.25}), source=A)
    assert database.cache_hits() == {B: A}


def test_recording_again_changes_nothing(database):
    database.add_candidate(Candidate(A, (9,), "other", "{}"))
    database.add_generation(GenerationRow(0, (A,), 0.5))
    database.add_generation(GenerationRow(0, (), 0.0))
    assert database.candidates()[A].genes == (1, 2, 3)
    assert database.generations() == [GenerationRow(0, (A,), 0.5)]


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
    database.add_outcome(A, Evaluation({"error": 0.25}))
    (pages,) = database._connection.execute("PRAGMA page_count").fetchone()
    database._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="free some space and resume"):
        database.add_outcome(B, Failure("raised", "x", details="long " * 10_000))
    assert Database.open(path).evaluations() == {A: Evaluation({"error": 0.25})}


def test_writing_to_a_reader_is_refused(database, path):
    with pytest.raises(StoreError, match="may be written"):
        Database.open(path, read_only=True).start_session()
