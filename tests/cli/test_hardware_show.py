"""`hardware show`, as a user types it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evoapproxnas.cli.app import app
from evoapproxnas.errors import ConfigError, UnknownNameError


def _show(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["hardware", "show", *arguments])
    if result.exception:
        raise result.exception
    return result.stdout


def test_multiplier_energy_stands_beside_system_energy():
    shown = json.loads(_show("resnet8", "--accelerator", "eyeriss_like", "--json"))
    totals, layers = shown["totals"], shown["layers"]
    assert sum(row["system_nj"] for row in layers) == pytest.approx(totals["system_energy_nj"])
    assert sum(row["multiplier_nj"] for row in layers) == pytest.approx(
        totals["multiplier_energy_nj"]
    )
    assert totals["multiplier_share"] == pytest.approx(
        totals["exact_multiplier_energy_nj"] / totals["exact_system_energy_nj"]
    )
    text = _show("resnet8", "--accelerator", "eyeriss_like")
    assert "touches 4.6% of this system's energy" in text


def test_bars_are_drawn(tmp_path: Path):
    file = tmp_path / "bars.png"
    _show("resnet8", "-o", str(file))
    assert file.stat().st_size > 10_000


def test_what_is_no_network_or_accelerator_is_said():
    with pytest.raises(ConfigError, match=r"expected a \.keras file, RUN:ID, or one of resnet8"):
        _show("resnet9")
    with pytest.raises(UnknownNameError, match="did you mean 'microcontroller'"):
        _show("resnet8", "--accelerator", "microcontroler")
