import os
import shutil
import sqlite3
import threading
import time

import pytest

from evoapproxnas.errors import StoreError
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.records import Failure, StepId
from evoapproxnas.search import Silent, run_campaign
from evoapproxnas.store import Database, connection, load_moment, load_run
from evoapproxnas.store.moment import read_moment
from evoapproxnas.store.reading import Rows
from tests.synthetic_runs import synthetic_run

SMALL = ("search.population=6", "search.generations=2")


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    run = synthetic_run(tmp_path_factory.mktemp("runs") / "run", *SMALL)
    run_campaign(run, InlineExecutor(), Silent())
    return run.path


@pytest.fixture
def copied(searched, tmp_path):
    return shutil.copytree(searched, tmp_path / "run")


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def with_log(path):
    """Leave a file as a session leaves it that a reader kept from tidying up."""
    connection = sqlite3.connect(path / "campaign.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    return connection


def test_a_moment_has_the_rows_of_the_run(searched):
    moment, run = load_moment(searched).database, load_run(searched, read_only=True).database
    reads = (
        *("candidates", "states", "evaluations", "trainings", "cache_hits", "failures"),
        *("rejections", "outcomes", "counts", "tests", "finish_times", "sessions", "generations"),
        *("config", "ranking", "directions", "seconds_worked"),
    )
    for name in reads:
        assert getattr(moment, name)() == getattr(run, name)(), name
    place = next(iter(run.candidates()))
    assert moment.candidates(place) == run.candidates(place)


def test_each_table_is_read_once(searched, monkeypatch):
    asked = []
    real = Rows._read
    monkeypatch.setattr(
        Rows, "_read", lambda self, text, *values: asked.append(text) or real(self, text, *values)
    )
    run = load_moment(searched)
    once = len(asked)
    run.front(), run.evaluations(), run.failures(), repr(run)
    assert len(asked) == once
    assert len(set(asked)) == once


def test_a_moment_does_not_change_and_holds_no_file(copied):
    run = load_moment(copied)
    before = len(run.evaluations())
    with sqlite3.connect(copied / "campaign.sqlite") as writer:
        writer.execute("DELETE FROM points WHERE generation = 1")
    writer.close()
    assert len(run.evaluations()) == before
    shutil.rmtree(copied)
    assert len(run.front())
    with pytest.raises(StoreError, match="no run folder"):
        load_moment(copied)


def test_reading_leaves_no_trace_of_it(copied):
    # The file says that there is a log, and there is none: an ordinary reader would make one.
    with_log(copied).close()
    before = files(copied)
    assert "campaign.sqlite-wal" not in before
    assert len(load_moment(copied).evaluations())
    assert files(copied) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_read(copied):
    with_log(copied).close()
    copied.chmod(0o500)
    assert len(load_moment(copied).evaluations())
    copied.chmod(0o700)


def test_what_is_in_the_log_alone_is_read(copied):
    writer = with_log(copied)
    writer.execute("DELETE FROM points WHERE generation > 0")
    left = {step.candidate.generation for step in load_moment(copied).database.evaluations()}
    assert left == {0}
    writer.close()


def test_a_writer_and_those_who_read_moments_do_not_mind_each_other(copied):
    writer = Database.open(copied / "campaign.sqlite")
    places, read = list(writer.candidates()), []

    def look():
        while read[-1:] != [len(places)]:
            read.append(len(read_moment(copied / "campaign.sqlite", limits={}).failures()))
            time.sleep(0.001)

    reader = threading.Thread(target=look)
    reader.start()
    for place in places:  # An error would say that the file is locked.
        writer.add_outcome(StepId(place, 5), Failure("diverged", "loss is nan"))
    reader.join()
    writer.close()
    assert read == sorted(read)
    assert "campaign.sqlite-wal" not in files(copied)


def test_a_file_is_tidied_up_once_its_readers_are_gone(copied, monkeypatch):
    writer = Database.open(copied / "campaign.sqlite")
    reader = sqlite3.connect(copied / "campaign.sqlite")
    reader.execute("SELECT count(*) FROM points").fetchall()
    monkeypatch.setattr(connection.time, "sleep", lambda seconds: reader.close())
    writer.close()
    assert "campaign.sqlite-wal" not in files(copied)


def test_damage_is_told_not_retried(copied):
    content = (copied / "campaign.sqlite").read_bytes()
    (copied / "campaign.sqlite").write_bytes(content[:3000] + b"x" * 3000 + content[6000:])
    with pytest.raises(StoreError, match=r"campaign\.sqlite"):
        load_moment(copied)


@pytest.mark.parametrize("reads", [load_moment, load_run])
def test_a_query_in_place_of_a_table_is_never_run(copied, reads):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n"
    with sqlite3.connect(copied / "campaign.sqlite") as writer:
        writer.executescript(f"DROP TABLE tests; CREATE VIEW tests AS {endless};")
    writer.close()
    with pytest.raises(StoreError, match="queries in place of tables"):
        reads(copied)
