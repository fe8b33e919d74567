"""`config`: what it prints and refuses is what `run` would take."""

import tomllib

import pytest
from typer.testing import CliRunner

from evoapproxnas.cli.app import app
from evoapproxnas.errors import EvoApproxNASError
from tests.cli.invoking import invoke


def test_config_prints_what_config_reads(tmp_path):
    text = invoke("config", "--preset", "cifar10", "--set", "seed=5")
    (tmp_path / "mine.toml").write_text(text)
    assert invoke("config", "--config", tmp_path / "mine.toml") == text
    assert "seed = 5" in text
    assert 'dataset = "cifar10"' in text


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("quantization.kernel=cuda", "unknown kernel 'cuda'"),
        ("search.objectives=['error', 'energy']", "energy_nj"),
        ("search.algorithm=nsga", "did you mean 'nsga2'"),
        ("space.multipliers=['mul8u_exat']", "mul8u_exact"),
        ("space.nodes=['conv3d']", "conv2d"),
        ("data.dataset=digitz", "did you mean 'digits'"),
        ("problem=nothing", "unknown problem 'nothing'"),
    ],
)
def test_config_refuses_what_run_refuses(tmp_path, setting, message):
    for command in ("config", "run"):
        where = ["--runs-dir", tmp_path] if command == "run" else []
        with pytest.raises(EvoApproxNASError, match=message):
            invoke(command, "--set", setting, *where)
    assert list(tmp_path.iterdir()) == []


def test_config_needs_no_data(tmp_path):
    elsewhere = ["--set", f"data.data_dir={tmp_path}"]  # Data that were found are remembered.
    result = CliRunner().invoke(app, ["config", "--preset", "cifar10", *elsewhere])
    assert (result.exit_code, "not checked against its data" in result.stderr) == (0, True)
    assert 'dataset = "cifar10"' in result.stdout


def test_a_problem_brings_its_objectives_unless_some_are_given():
    config = tomllib.loads(invoke("config", "--problem", "synthetic"))
    assert (config["search"]["objectives"], config["search"]["limits"]) == (["error", "cost"], {})
    given = "search.objectives=['error', 'spare']"
    config = tomllib.loads(invoke("config", "--problem", "synthetic", "--set", given))
    assert config["search"]["objectives"] == ["error", "spare"]
    config = tomllib.loads(invoke("config", "--set", "problem=synthetic"))
    assert config["search"]["objectives"] == ["error", "cost"]
