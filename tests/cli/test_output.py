from io import StringIO

import pandas as pd
import pytest
from rich.console import Console

from evoapproxnas.cli import output


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Console:
    console = Console(width=30, force_terminal=True, color_system=None, file=StringIO())
    monkeypatch.setattr(output, "console", console)
    return console


def _printed(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


FRAME = pd.DataFrame({"name": ["a_rather_long_name"], "first": [1.5], "second": [2.25]})


def test_columns_without_space_are_left_out_and_named(narrow: Console) -> None:
    output.print_table(FRAME, as_json=False, fit=True)
    lines = _printed(narrow).splitlines()
    assert lines[0].split() == ["name", "first"]
    assert lines[1].split() == ["a_rather_long_name", "1.5"]
    assert "no space for second" in _printed(narrow)


def test_numbers_are_never_folded(narrow: Console) -> None:
    output.print_table(FRAME, as_json=False)
    assert "2.25" in _printed(narrow)
    assert "no space" not in _printed(narrow)


def test_side_by_side_has_a_line_for_each_column(narrow: Console) -> None:
    output.print_side_by_side(pd.DataFrame({"x": [1.0, None]}, index=["one", "two"]))
    assert _printed(narrow).splitlines()[1].split() == ["x", "1", "-"]
