"""The board on a terminal, fed as a campaign does; see `test_terminal` for whole campaigns."""

from io import StringIO

import pyte
import pytest

from evoapproxnas.cli.live import LiveBoard, broken_lines
from evoapproxnas.cli.output import Terminal, is_live
from evoapproxnas.cli.progress import Lines
from evoapproxnas.cli.verbosity import speaking
from evoapproxnas.cli.watching import watch
from evoapproxnas.records import Candidate, CandidateId, Evaluation, Failure
from evoapproxnas.search.observer import Progress
from evoapproxnas.store import Counts

CANDIDATE = Candidate(CandidateId(0, 1), (1,), "key", "{}")
PROGRESS = Progress(0, 8, Counts(1))
FAILURE = Failure("raised", "no such layer", details="Traceback: of the failure\n")
WORDS = {"doing": "preparing", "then": "waiting"}


class Tty(StringIO):
    def isatty(self):
        return True


def terminal(*, width=80, height=24, **options):
    sized = {"width": width, "height": height, "force_terminal": True, "color_system": None}
    return Terminal(file=Tty(), **{**sized, **options})


def shown(console):
    screen = pyte.Screen(console.width, console.height)
    pyte.Stream(screen).feed(console.file.getvalue().replace("\n", "\r\n"))
    return [line.rstrip() for line in screen.display if line.strip()]


def test_it_shows_what_goes_on_and_is_gone_at_the_end():
    console = terminal()
    with LiveBoard(console, **WORDS) as board:
        assert shown(console)[0].startswith("preparing  00:00:0")
        board.message("run runs/a: a problem")
        board.outcome(CANDIDATE, Evaluation({"error": 0.5}), PROGRESS)
        board.outcome(CANDIDATE, FAILURE, PROGRESS)
        board.generation(Progress(0, 8, Counts(8), hypervolume=0.25), 3)
        lines = shown(console)
        assert lines[:2] == [
            "run runs/a: a problem",
            "g00-01  failed (raised): no such layer  1/8",
        ]
        assert lines[2] == "generation 0: front of 3, hypervolume 0.25"
        assert "hypervolume  0.25 after generation 0" in lines
    assert shown(console) == lines[:3]


def test_an_interrupted_campaign_leaves_it_there():
    console = terminal()

    def interrupted():
        with LiveBoard(console, **WORDS) as board:
            board.outcome(CANDIDATE, Evaluation({"error": 0.5}), PROGRESS)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert "1 of 8 candidates" in shown(console)[0]
    assert "Ctrl-C" not in "".join(shown(console))


def test_verbose_says_every_candidate_and_why_one_failed():
    console = terminal()
    with speaking(verbose=True, quiet=False), LiveBoard(console, **WORDS) as board:
        board.outcome(CANDIDATE, Evaluation({"error": 0.5}), PROGRESS)
        board.outcome(CANDIDATE, FAILURE, PROGRESS)
    assert shown(console) == [
        "g00-01  error 0.5  1/8",
        "g00-01  failed (raised): no such layer  1/8",
        "Traceback: of the failure",
    ]


def test_lines_say_every_candidate_as_well_but_quiet_ones_nothing():
    console = Terminal(file=StringIO())
    for quiet in (False, True):
        with speaking(verbose=False, quiet=quiet), watch(console, **WORDS) as lines:
            assert type(lines) is Lines
            lines.outcome(CANDIDATE, FAILURE, PROGRESS)
            lines.message("a message")
    assert console.file.getvalue().splitlines() == [
        "preparing",
        "g00-01  failed (raised): no such layer  1/8",
        "a message",
    ]


def test_only_a_terminal_that_can_move_its_cursor_is_drawn_on(monkeypatch):
    assert is_live(terminal())
    assert not is_live(Terminal(file=StringIO()))
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert not is_live(Terminal(file=StringIO()))
    monkeypatch.setenv("TERM", "dumb")
    assert not is_live(terminal())
    with speaking(verbose=False, quiet=True):
        monkeypatch.setenv("TERM", "xterm")
        assert type(watch(terminal(), **WORDS)) is Lines


def test_lines_that_a_narrower_terminal_broke_are_made_up_for():
    assert broken_lines([80, 40, 0, 41], 80) == 0
    assert broken_lines([80, 40, 0, 41], 40) == 1 + 0 + 0 + 1
    assert broken_lines([80], 7) == 11
    assert broken_lines([80], 0) == 79
    console = terminal()
    with LiveBoard(console, **WORDS) as board:
        board.outcome(CANDIDATE, Evaluation({"error": 0.5}), PROGRESS)
        board.message("before")
        console.width = 30
        before = len(console.file.getvalue())
        board.message("after")
        written = console.file.getvalue()[before:]
    # Of six lines four are wider than 30, one of them than 60.
    assert written.startswith("\r" + 5 * "\x1b[2K\x1b[1A" + "\r\x1b[2K")


def test_no_colour_leaves_colours_out(monkeypatch):
    for chosen in (False, True):
        console = terminal(color_system="standard", no_color=chosen)
        with LiveBoard(console, **WORDS) as board:
            board.outcome(CANDIDATE, FAILURE, Progress(0, 8, Counts(4, failures=1)))
            board.message("now")
        assert ("\x1b[31m" in console.file.getvalue()) is not chosen
        assert ("\x1b[32m" in console.file.getvalue()) is not chosen
