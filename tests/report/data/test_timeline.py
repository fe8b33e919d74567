from datetime import UTC, datetime, timedelta

import pandas as pd

from evoapproxnas.records import CandidateId, StepId
from evoapproxnas.report.data import outcome_frame, timeline_frame
from evoapproxnas.report.data.timeline import _elapsed
from evoapproxnas.store import SessionRow

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(seconds):
    return START + timedelta(seconds=seconds)


def test_outcomes_are_listed_in_their_order(seeds):
    table = timeline_frame(seeds[0])
    assert table["evaluation"].is_monotonic_increasing
    assert table["seconds"].is_monotonic_increasing
    assert set(table["outcome"]) <= {"evaluated", "copied"}
    assert table["evaluation"].iloc[-1] == (table["outcome"] == "evaluated").sum()


def test_failures_and_nothing_are_outcomes_too(failed, empty):
    table = timeline_frame(failed)
    assert set(table["outcome"]) == {"failed"}
    assert timeline_frame(empty).empty
    counts = outcome_frame([failed, empty])
    assert counts["count"].sum() == len(table)
    assert list(outcome_frame([empty])) == list(counts)


def test_pauses_between_sessions_are_no_work():
    steps = [StepId(CandidateId(0, i)) for i in range(4)]
    times = dict(zip(steps, map(at, (10, 30, 1010, 1040)), strict=True))
    told = [SessionRow(at(0), 35.0), SessionRow(at(1000), 0.0)]
    assert list(_elapsed(times, told).values()) == [10, 30, 45, 75]
    killed = [SessionRow(at(0), 0.0), SessionRow(at(1000), 0.0)]
    assert list(_elapsed(times, killed).values()) == [10, 30, 40, 70]
    assert list(_elapsed(times, []).values()) == [0, 20, 1000, 1030]


def test_a_frame_is_of_one_moment(networks):
    with networks.database.snapshot():
        with networks.database.snapshot():
            first = timeline_frame(networks)
        assert pd.testing.assert_frame_equal(first, timeline_frame(networks)) is None
