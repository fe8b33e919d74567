import sys

import pytest

from evoapproxnas.cli.app import main


def test_output_that_finds_no_space_is_an_error(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["evoapproxnas", "--version"])
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as end:
            main()
    assert end.value.code == 1
    assert "cannot print: No space left on device; free some space" in capsys.readouterr().err
