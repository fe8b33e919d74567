"""What the board of a campaign says, in terminals of all sizes."""

import math

import pytest

from evoapproxnas.cli.board import Board, draw
from evoapproxnas.records import CandidateId, Point, PointId
from evoapproxnas.search.observer import Progress
from evoapproxnas.store import Counts

COUNTS = Counts(34, failures=2, rejected=5, cached=1, work=28, trainings=36, emulated=4,
                promotions=12, reused=3, passes=132.0)  # fmt: skip
FRONT = {
    PointId(CandidateId(3, number), number % 2, 0): Point(
        {
            "error": 0.025 + 0.01 * number,
            "energy_nj": 160632.4 / (number + 1),
            "relative_energy": 0.43,
            "macs": 160632.0,
        }
    )
    for number in range(12)
}
PROGRESS = Progress(3, 88, COUNTS, seconds_left=1214.0, trainings=(24, 9, 3),
                    objectives=("error", "energy_nj"), front=FRONT)  # fmt: skip
BOARD = Board("preparing", 1000.0, PROGRESS, 1700.0, "0.4312 after generation 2", "g03-07  failed")


def drawn(board=BOARD, *, now=1751.0, width=80, height=24, ascii_only=False):
    lines = draw(board, now, width=width, height=height, ascii_only=ascii_only)
    return [line.plain.rstrip() for line in lines]


def test_it_says_where_a_campaign_stands():
    assert drawn()[:7] == [
        f"generation 3 {'━' * 47} 34 of 88 candidates",
        "trainings    36 of 132 passes: 24 on rung 1, 9 on rung 2, 3 on rung 3",
        "outcomes     2 failed, 5 rejected, 3 reused, 4 emulated only, 1 cached",
        "time         00:12:31, about 00:19:23 left; Ctrl-C stops, and nothing is lost",
        "hypervolume  0.4312 after generation 2",
        "front        12 points  accuracy  energy nJ  of exact 8-bit",
        "             g03-00       97.5 %     160632            0.43",
    ]
    assert drawn()[-2:] == [
        "             g03-11-r1    86.5 %      13386            0.43",
        "last         g03-07  failed",
    ]
    assert len(drawn()) == 6 + 8 + 1


@pytest.mark.parametrize("width", [1, 10, 30, 60, 79, 80, 81, 200])
@pytest.mark.parametrize("height", [1, 2, 7, 10, 24, 60])
def test_it_fits_in_every_terminal(width, height):
    for board in (BOARD, Board("preparing the campaign", 1000.0)):
        lines = draw(board, 1751.0, width=width, height=height, ascii_only=False)
        assert len(lines) <= max(height - 1, 1)
        assert all(line.cell_len <= width for line in lines)


def test_nothing_is_known_at_first():
    assert drawn(Board("preparing", 1000.0), now=1003.4) == ["preparing  00:00:03"]
    early = Board("", 1000.0, Progress(0, 88, Counts()))
    assert drawn(early, now=1003.4) == [
        f"generation 0 {'━' * 48} 0 of 88 candidates",
        "outcomes     0 failed, 0 rejected, 0 reused",
        "time         00:00:03; Ctrl-C stops, and nothing is lost",
        "hypervolume  known after the first generation",
        "front        no point yet",
    ]


@pytest.mark.parametrize("value", [math.nan, math.inf, None])
def test_figures_that_are_none_are_no_numbers(value):
    metrics = {"error": value, "energy_nj": value, "relative_energy": 0.5}
    if value is None:
        metrics = {"relative_energy": 0.5}
    front = {PointId(CandidateId(0, 0)): Point(metrics)}
    progress = Progress(0, 0, Counts(), objectives=("error", "energy_nj"), front=front)
    assert "front        1 point" in drawn(Board("", 0.0, progress))[4]


def test_another_problem_has_its_own_figures():
    front = {PointId(CandidateId(0, 0)): Point({"cost": 3.0, "error": 0.25, "spare": 9.0})}
    progress = Progress(0, 8, Counts(), objectives=("error", "cost"), front=front)
    assert drawn(Board("", 0.0, progress))[4:] == [
        "front        1 point  error  cost",
        "             g00-00    0.25     3",
    ]


def test_a_thousand_points_and_steps_take_no_more_space():
    front = {PointId(CandidateId(n, 0)): Point({"error": 1 / (n + 1)}) for n in range(1000)}
    progress = Progress(999, 10**6, COUNTS, trainings=(1,) * 30, front=front)
    lines = drawn(Board("", 0.0, progress), width=200)
    assert len(lines) == 6 + 8
    assert "1 on rung 4, 26 beyond" in lines[1]


def test_what_comes_from_files_cannot_control_the_terminal():
    board = Board("", 0.0, PROGRESS, last="g00-00  failed: \x1b]0;title\x07")
    assert drawn(board)[-1] == r"last         g00-00  failed: \x1b]0;title\x07"


def test_a_terminal_without_other_characters_gets_none():
    assert "\n".join(drawn(ascii_only=True)).isascii()
    assert "\n".join(drawn(ascii_only=True, width=40)).isascii()
