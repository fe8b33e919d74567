import json
from io import StringIO

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from evoapproxnas.cli import output


def terminal(width: int) -> Console:
    return Console(width=width, force_terminal=True, color_system=None, file=StringIO())


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Console:
    console = terminal(30)
    monkeypatch.setattr(output, "console", console)
    return console


def _printed(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_what_is_no_text_is_spelled_out() -> None:
    assert output.clean("bad\udcff\x1b[1m\nok") == "bad\\udcff\\x1b[1m\nok"


FRAME = pd.DataFrame({"name": ["a_rather_long_name"], "first": [1.5], "second": [2.25]})


def test_columns_without_space_are_left_out_and_named(narrow: Console) -> None:
    output.print_table(FRAME, as_json=False)
    lines = _printed(narrow).splitlines()
    assert lines[0].split() == ["name", "first"]
    assert lines[1].split() == ["a_rather_long_name", "1.5"]
    assert "no space for second" in _printed(narrow)


FRONT = pd.DataFrame(
    {
        "id": ["g03-05", "g10-11"],
        "energy_nj": [160632.4, 0.123456],
        "macs": [160632, 12],
        "reason": ["a sentence that is a good deal longer than a terminal is wide", ""],
    }
)


@pytest.mark.parametrize("width", [100, 60, 40, 30, 20, 6, 3])
def test_numbers_and_ids_are_never_cut(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    console = terminal(width)
    monkeypatch.setattr(output, "console", console)
    output.print_table(FRONT, as_json=False)
    lines = _printed(console).splitlines()
    assert all(len(line) <= width for line in lines if "no space" not in line)
    if width >= 6:
        assert [line.split()[0] for line in lines if line.startswith("g")] == ["g03-05", "g10-11"]
    words = {word for line in lines[1:] for word in line.split()}
    for column, number in (("energy_nj", "160632"), ("macs", "160632")):
        assert number in words or column not in lines[0].split()
    if width >= 60:
        assert "terminal" in " ".join(lines).replace("-", "")


def test_where_nothing_limits_a_line_a_row_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=StringIO(), width=20)
    monkeypatch.setattr(output, "console", console)
    output.print_table(FRONT, as_json=False, title="title")
    assert len(_printed(console).splitlines()) == 4
    assert "longer than a terminal is wide" in _printed(console)


def test_columns_limit_the_lines_of_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    console = Console(file=StringIO())
    monkeypatch.setattr(output, "console", console)
    output.print_table(FRONT, as_json=False)
    output.print_side_by_side(FRONT)
    assert max(len(line) for line in _printed(console).splitlines()) <= 60


def test_side_by_side_has_a_line_for_each_column(narrow: Console) -> None:
    output.print_side_by_side(pd.DataFrame({"x": [1.0, None]}, index=["one", "two"]))
    assert _printed(narrow).splitlines()[1].split() == ["x", "1", "-"]


@pytest.mark.parametrize(
    "text", ["[/red] [bold]", "see [/]", r"a \[b] c", "[link=file:///etc]x[/link]", ":smile:"]
)
def test_markup_in_names_and_reasons_is_text(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    console = terminal(100)
    monkeypatch.setattr(output, "console", console)
    output.print_table(pd.DataFrame({text: [text], "b": [text]}), as_json=False, title=text)
    output.print_side_by_side(pd.DataFrame({text: [text]}, index=[text]))
    output.say(text)
    assert _printed(console).count(text) == 8


def test_control_characters_are_shown() -> None:
    assert output.clean("a\x1b]0;owned\x07\r\tb\nc\u202e\x9b") == (
        r"a\x1b]0;owned\x07\r\tb" + "\n" + r"c\u202e\x9b"
    )


@given(st.text())
def test_no_control_character_reaches_the_terminal(text: str) -> None:
    console = terminal(80)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(output, "console", console)
        output.say(text, style="dim")
        output.print_table(pd.DataFrame({"name": [text], text: [text]}), as_json=False, title=text)
    printed = _printed(console)
    assert not any(c < " " and c != "\n" for c in printed)
    assert "\x7f" not in printed
    assert "\x9b" not in printed


def test_the_same_command_can_be_pasted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/bin/evoapproxnas", "train", "r8", "-o", "my folder"])
    expected = "python -m evoapproxnas train r8 -o 'my folder' --resume"
    assert output.same_command("--resume") == expected
    monkeypatch.setattr("sys.argv", ["evoapproxnas", "train", "r8", "--resume"])
    assert output.same_command("--resume") == "python -m evoapproxnas train r8 --resume"


def test_rows_are_printed_like_frames(narrow: Console) -> None:
    output.print_rows(FRAME.to_dict("records"), as_json=False)
    as_rows = _printed(narrow)
    output.print_table(FRAME, as_json=False)
    assert _printed(narrow) == 2 * as_rows


def test_rows_may_lack_values_or_be_none(
    narrow: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    output.print_rows(
        [{"n": "a", "x": 1.0, "y": None}, {"n": "b", "x": None, "y": True}], as_json=False
    )
    assert [line.split() for line in _printed(narrow).splitlines()][1:] == [
        ["a", "1", "-"],
        ["b", "-", "True"],
    ]
    output.print_rows([], as_json=False)
    output.print_rows([{"n": 0.1234567890123}], as_json=True)
    assert json.loads(capsys.readouterr().out) == [{"n": 0.1234567890123}]
