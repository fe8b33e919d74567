"""`bench search`: shares of a truth that is known."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from evoapproxnas.bench.search import Setting, compare, nasbench201
from evoapproxnas.bench.search.attainment import (
    Yardstick,
    curse_of,
    shares_after,
    shares_within,
)
from evoapproxnas.bench.search.contenders import config_of, truth_of
from evoapproxnas.bench.search.trace import Trace, trace
from evoapproxnas.cli.app import app
from evoapproxnas.errors import ConfigError, EvoApproxNASError, UnknownNameError
from evoapproxnas.problems import Step
from evoapproxnas.records import Candidate, CandidateId, StepId

SYNTHETIC = Setting(problem="synthetic")
MADE = Trace(
    search="made",
    seed=0,
    networks=np.array([0, 1, 0, 2]),
    seen=np.array([[0.5, 1.0], [0.4, 2.0], [0.1, 1.0], [0.05, 3.0]]),
    hours=np.array([1.0, 2.0, 4.0, 5.0]),
    true=np.array([[0.2, 1.0], [0.1, 2.0], [0.3, 3.0]]),
    again=np.array([0.2, np.nan, 0.25]),
    processor_s=0.1,
)
YARDSTICK = Yardstick(np.array([1.0, 4.0]), 2.0)


def test_fronts_are_what_was_seen_last_and_count_as_what_is_true():
    first = 0.8 * 3
    both = first + 0.1 * 2  # before the first network is seen again, neither dominates
    assert shares_after(MADE, [0, 1, 2, 3, 9], YARDSTICK) == pytest.approx(
        [0, first / 2, first / 2, first / 2, first / 2]
    )
    assert shares_within(MADE, [0.5, 1, 2, 4], YARDSTICK) == pytest.approx(
        [0, first / 2, both / 2, first / 2]
    )


def test_the_curse_is_how_much_more_the_front_loses_than_all_do():
    curse = curse_of(MADE)
    assert curse.seen_pct == pytest.approx(7.5)
    assert curse.again_pct == pytest.approx(22.5)
    assert curse.points == pytest.approx(0)
    noiseless = curse_of(replace(MADE, again=np.full(3, np.nan)))
    assert (noiseless.seen_pct, noiseless.again_pct, noiseless.points) == (None, None, None)


def test_searches_reach_most_of_the_truth_and_all_processes_the_same():
    found = compare(["nsga2"], seeds=3, evaluations=200, setting=SYNTHETIC)
    assert found.checkpoints == (100, 200)
    low, middle, high = found.quartiles("nsga2", lambda outcome: outcome.shares)
    assert (low <= middle).all()
    assert (middle <= high).all()
    assert 0.9 < middle[1] <= 1
    spread = compare(["nsga2"], seeds=3, evaluations=200, setting=SYNTHETIC, workers=2)
    assert list(spread.rows()) == list(found.rows())


def test_a_contender_changes_the_configuration():
    config = config_of("nsga2+search.population=5+rungs.passes=[12,200]", SYNTHETIC, 3)
    assert (config.search.population, config.rungs.passes, config.seed) == (5, (12, 200), 3)
    with pytest.raises(ConfigError, match="popsize"):
        config_of("nsga2+search.popsize=5", SYNTHETIC, 0)


@pytest.mark.parametrize(
    "setting",
    [
        "problem=nasbench201",
        "seed=5",
        "data.data_dir=elsewhere",
        "tabular.dataset=cifar100",
        "search.algorithm=random",
        "search.objectives=['error', 'cost', 'spare']",
        "search.init=['0']",
    ],
)
def test_what_all_share_is_not_the_contenders_to_change(setting):
    key = setting.partition("=")[0].removesuffix("_dir").removesuffix(".data")
    with pytest.raises(ConfigError, match=f"changes {key}, which is the same for all searches"):
        config_of(f"nsga2+{setting}", SYNTHETIC, 0)


def test_what_there_is_not_is_said_before_anything_is_searched():
    for names, setting, error, match in (
        (["nsgaii"], SYNTHETIC, UnknownNameError, "nsga2"),
        (["nsga2"], replace(SYNTHETIC, problem="cnn"), UnknownNameError, "truth is known"),
        (["nsga2"], replace(SYNTHETIC, noisy=True), ConfigError, "--noisy"),
        (["nsga2"], replace(SYNTHETIC, cost="spare"), ConfigError, "cost"),
    ):
        with pytest.raises(error, match=match):
            compare(names, seeds=1, evaluations=10, setting=setting)
    for evaluations in (0, 10**6 + 1):
        with pytest.raises(ConfigError, match=r"expected 1 to 1,000,000 evaluations, got"):
            compare(["nsga2"], seeds=1, evaluations=evaluations, setting=SYNTHETIC)


@pytest.fixture
def table(made_table, monkeypatch):
    """Makes the setting of the made table, and the contender that accepts it."""

    monkeypatch.setitem(nasbench201.WORST_ERRORS, "cifar10", 0.9)  # Its errors are made up.

    def make(name="nsga2", **changes):
        setting = Setting(data_dir=str(made_table.path.parents[1]), **changes)
        return f"{name}+tabular.sha256={made_table.sha256}", setting

    return make


def looked_up(contender, setting, *, seed=0, step=0):
    config = config_of(contender, setting, seed)
    truth = truth_of(setting, config)
    draft = truth.problem.draft((3, 3, 4, 1, 3, 1))
    candidate = Candidate(CandidateId(0, 0), draft.genes, draft.key, draft.network)
    seen = truth.evaluate(candidate, Step(StepId(candidate.id, step)))
    return candidate, truth, seen


def test_noise_free_is_the_truth(table):
    candidate, truth, seen = looked_up(*table(cost="raspi4_latency_ms"))
    assert truth.objectives == ("error", "raspi4_latency_ms")
    assert (seen.metrics["error"], seen.metrics["raspi4_latency_ms"]) == truth.true(candidate)
    assert seen.training.seconds > 0
    assert truth.again is None


def test_noise_is_one_training_and_the_others_are_the_second_look(table):
    seen = {}
    for seed in range(12):
        candidate, truth, found = looked_up(*table(noisy=True), seed=seed)
        errors = truth.problem.accuracies.validation_errors(200)[int(candidate.key)]
        there = errors[np.isfinite(errors)]
        error = found.metrics["error"]
        assert np.isclose(there, error).any()
        others = (there.sum() - error) / (len(there) - 1) if len(there) > 1 else np.nan
        assert truth.again(candidate) == pytest.approx(others, nan_ok=True)
        seen[error] = None
    assert len(seen) == len(there)


def test_a_table_without_a_network_of_interest_is_an_error(table, monkeypatch):
    monkeypatch.setitem(nasbench201.WORST_ERRORS, "cifar10", 0.0)
    with pytest.raises(ConfigError, match="no network"):
        looked_up(*table())


def test_every_fidelity_is_charged_its_training(table):
    name, setting = table("nsga2+rungs.passes=[12,200]")
    _, truth, early = looked_up(name, setting)
    _, _, late = looked_up(name, setting, step=1)
    assert early.training.seconds == pytest.approx(late.training.seconds * 12 / 200)
    assert truth.again is None
    found, _ = trace(name, 0, setting, 40)
    assert len(found.true) == 40 < len(found.networks)
    assert (np.diff(found.hours) > 0).all()


@pytest.mark.parametrize("name", ["nsga2", "pymoo:nsga2"])
def test_searches_of_the_table(table, name):
    if name.startswith("pymoo"):
        pytest.importorskip("pymoo")
    contender, setting = table(name, fidelity=12)
    found, truth = trace(contender, 0, setting, 60)
    assert len(np.unique(found.true, axis=0)) > 30
    assert len(found.true) == 60
    shares = shares_after(found, [10, 60], Yardstick(np.array([1.0, truth.reference[1]]), 1.0))
    assert 0 < shares[0] <= shares[1]
    assert np.isfinite(found.again).all()


def test_a_figure_that_cannot_be_written_is_told_before_the_search(tmp_path, monkeypatch):
    monkeypatch.setattr("evoapproxnas.bench.search.compare", None)  # Is not called.
    for name, told in (("a.txt", "ends in .png"), ("no/a.png", "No such file"), ("", "ends in")):
        with pytest.raises(EvoApproxNASError, match=f"cannot write figure .*{told}"):
            CliRunner().invoke(
                app,
                ["bench", "search", "--problem", "synthetic", "--figure", str(tmp_path / name)],
                catch_exceptions=False,
            )


def test_the_command_draws_and_prints(tmp_path):
    figure = tmp_path / "searches.svg"
    arguments = ["bench", "search", "--problem", "synthetic", "--seeds", "2", "--workers", "1"]
    arguments += ["--evaluations", "60", "--searches", "nsga2", "--figure", str(figure)]
    result = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    found = json.loads(result.stdout)
    assert [row["networks"] for row in found["quartiles"]] == [60]
    assert [run["seed"] for run in found["runs"]] == [0, 1]
    assert "different networks" in figure.read_text()
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert "nsga2" in result.stdout
    assert "ms_per_network" in result.stdout
