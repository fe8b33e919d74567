"""The ordinary campaign on a table, with made figures."""

import json
import pickle

import numpy as np
import pytest

from evoapproxnas.config import load_config
from evoapproxnas.errors import (
    ConfigError,
    DatasetError,
    NetworkRejected,
    UnknownNameError,
)
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.hardware.hw_nas_bench import query
from evoapproxnas.problems import Parent, make_problem, make_ranking, with_objectives
from evoapproxnas.records import Candidate, CandidateId, StepId
from evoapproxnas.search import dry_run, run_campaign
from evoapproxnas.search.inputs import inputs_of
from evoapproxnas.store import create_run, load_run
from tests.fakes import Recorder
from tests.synthetic_runs import synthetic_run

GENES = (3, 3, 4, 1, 3, 1)


@pytest.fixture
def config(made_table):
    """Makes the configuration of a search over the made table."""
    place = made_table.path.parents[1]

    def make(*settings):
        fixed = [f"data.data_dir={place}", f"tabular.sha256={made_table.sha256}"]
        return with_objectives(load_config(settings=["problem=nasbench201", *fixed, *settings]))

    return make


def run_of(config, path):
    problem = make_problem(config)
    run = create_run(
        path,
        config,
        make_ranking(problem, config),
        warm_starts=problem.warm_starts(),
        inputs=inputs_of(problem),
    )
    run_campaign(run, InlineExecutor(), Recorder())
    return run


def candidate(problem, genes):
    draft = problem.draft(genes)
    return Candidate(
        CandidateId(0, 0), draft.genes, draft.key, draft.network, (), draft.architecture_key
    )


def test_a_campaign_is_stored_tested_and_resumed(config, tmp_path, made_table):
    whole = run_of(config("search.generations=4"), tmp_path / "whole")
    cut = run_of(config("search.generations=2"), tmp_path / "cut")
    cut.reconfigure({"search": {"generations": 4}})
    run_campaign(cut, InlineExecutor(), Recorder())
    assert cut.front().equals(whole.front())
    front = load_run(tmp_path / "whole", read_only=True).front()
    assert {"error", "eyeriss_energy_mj", "macs", "parameters", "test_error"} <= set(front)
    assert (front["test_error"] < front["error"]).all(), "two points better in the made table"
    assert whole.inputs == {"the table of NAS-Bench-201": made_table.sha256}
    network = json.loads(whole.meaning(front["id"][0]))
    costs = query(network["arch"], table=made_table)
    assert network["nasbench201"] == costs.index
    assert front["eyeriss_energy_mj"][0] == costs["eyeriss_energy"]


def test_rungs_are_fidelities_and_are_charged_what_training_took(config, tmp_path, made_table):
    run = run_of(config("rungs.passes=[12, 200]", "search.generations=2"), tmp_path / "rungs")
    found = run.database.evaluations()
    seconds = made_table.column("c10_train_s_200ep")
    further = {step for step in found if step.step}
    assert further
    for step in further:
        first = found[StepId(step.candidate)].training
        second = found[step].training
        index = int(run.database.candidates()[step.candidate].key)
        assert (first.budget, second.budget, second.passes) == (12, 188, 200)
        assert (first.state, second.state) == ("stopped", "finished")
        assert first.seconds == pytest.approx(0.06 * seconds[index])
        assert second.seconds == pytest.approx(seconds[index])
        error = found[step].metrics["error"]
        assert error == pytest.approx(
            1 - np.nanmean(made_table.column("c10_val200_seeds")[index]) / 100
        )
    assert not run.rung_agreement().empty


def test_a_dry_run_does_not_count_trainings_of_others(config):
    forecast = dry_run(config("execution.executor=inline", "rungs.passes=[12, 200]"))
    assert forecast.hours < 0.1, "they would take hundreds"
    assert forecast.passes == 88 * (12 + 94)


def test_a_drawn_training_depends_on_the_seed_alone(config, tmp_path):
    noisy = ["tabular.training=drawn", "search.generations=1"]
    fronts = [
        run_of(config(*noisy, f"seed={seed}"), tmp_path / name).evaluations()["error"].tolist()
        for name, seed in (("a", 3), ("b", 3), ("c", 4))
    ]
    assert fronts[0] == fronts[1] != fronts[2]


def test_a_training_that_is_not_there_is_a_failure(config, tmp_path):
    run = run_of(config("tabular.training=2", "search.generations=1"), tmp_path / "third")
    assert run.failures()["reason"].str.contains("there is no training 2").all()
    assert len(run.failures())
    assert len(run.front())


def test_first_candidates_can_be_named(config):
    arch = (
        "|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+"
        "|skip_connect~0|nor_conv_3x3~1|skip_connect~2|"
    )
    problem = make_problem(config(f"search.init=['1', '{arch}', '0']"))
    assert [start.draft.key for start in problem.warm_starts()] == ["1", "1", "0"]
    with pytest.raises(ConfigError, match="search.init: 'resnet8' is no architecture string"):
        make_problem(config("search.init=['resnet8']")).warm_starts()
    with pytest.raises(ConfigError, match=r"names 3 candidates, but search.population is 2"):
        make_problem(config("search.init=['1', '2', '3']", "search.population=2")).warm_starts()


def test_the_front_of_an_earlier_run_can_be_where_a_search_begins(config, tmp_path):
    before = run_of(config("search.generations=1"), tmp_path / "before")
    name = before.front()["id"][0]
    settings = [f"search.init=['run:{before.path}:{name}', '77']", "search.generations=0"]
    run = run_of(config(*settings), tmp_path / "after")
    candidates = run.database.candidates()
    assert candidates[CandidateId(0, 0)].network == before.meaning(name)
    assert candidates[CandidateId(0, 1)].key == "77"
    starts = make_problem(config(f"search.init=['run:{before.path}']")).warm_starts()
    assert len(starts) == len(before.front())
    with pytest.raises(ConfigError, match="run before has no front member g99-00"):
        make_problem(config(f"search.init=['run:{before.path}:g99-00']")).warm_starts()
    other = synthetic_run(tmp_path / "synthetic")
    with pytest.raises(ConfigError, match="searched synthetic, expected nasbench201"):
        make_problem(config(f"search.init=['run:{other.path}']")).warm_starts()


def test_children_are_neither_parent(config):
    problem = make_problem(config("search.crossover_rate=0.7", "search.mutation_rate=0.2"))
    assert problem.domains() == (5,) * 6
    rng = np.random.default_rng(1)
    parents = [Parent(candidate(problem, genes)) for genes in (GENES, (3, 3, 4, 1, 3, 2))]
    drafts = [problem.vary(tuple(parents), rng) for _ in range(200)]
    assert not {draft.genes for draft in drafts} & {p.candidate.genes for p in parents}
    assert {draft.parents_used for draft in drafts} == {1, 2}
    assert problem.vary((parents[0],) * 2, np.random.default_rng(1)).genes != GENES
    assert min(min(d.genes) for d in drafts) == 0
    assert max(max(d.genes) for d in drafts) == 4


def test_genes_that_make_no_network_are_refused(config):
    problem = make_problem(config())
    assert problem.values(candidate(problem, GENES)) == GENES
    with pytest.raises(NetworkRejected, match="6 operations of 0 to 4"):
        problem.draft((5,) * 6)
    other = Parent(Candidate(CandidateId(0, 0), (1, 2), "x", "null"))
    with pytest.raises(ConfigError, match="parents of problem nasbench201"):
        problem.vary((other, other), np.random.default_rng(0))


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (["rungs.passes=[12, 50]"], "12 and 200 epochs, got 50"),
        (["inheritance.enabled=true"], "inheritance.enabled: .*no weights"),
        (["hardware.latency_table='phone.json'"], "hardware.latency_table: .*problem cnn"),
        (["assignment.enabled=true"], "assignment.enabled: .*no weights"),
        (["search.reuse=['a']"], "search.reuse: .*no weights"),
        (["tabular.epochs=50"], "tabular.epochs"),
        (["tabular.training=3"], "tabular.training"),
        (["tabular.sha256=abc"], "tabular.sha256"),
    ],
)
def test_what_a_table_cannot_serve_is_refused(config, settings, why):
    with pytest.raises(ConfigError, match=why):
        make_problem(config(*settings))


def test_the_pickle_of_hw_nas_bench_adds_objectives(config, tmp_path):
    file = tmp_path / "bench.pickle"
    values = [index / 10 for index in range(15625)]
    file.write_bytes(pickle.dumps({"nasbench201": {"cifar100": {"edgegpu_energy": values}}}))
    settings = ["tabular.dataset=cifar100", "search.objectives=['error', 'edgegpu_energy_mj']"]
    problem = make_problem(config(f"tabular.pickle={file}", *settings))
    network = candidate(problem, GENES)
    assert problem.price(network)["edgegpu_energy_mj"] == 0.1
    assert "the pickle of HW-NAS-Bench" in inputs_of(problem)
    with pytest.raises(UnknownNameError, match="edgegpu_energy_mj"):
        make_problem(config(*settings))
    with pytest.raises(DatasetError, match="cannot read"):
        make_problem(config("tabular.pickle=/nowhere/bench.pickle"))


def test_unknown_devices_and_data_sets_are_told(config):
    objectives = "search.objectives=['error', 'raspi_latency_ms']"
    with pytest.raises(UnknownNameError, match="did you mean 'raspi4_latency_ms'"):
        make_problem(config(objectives))
    with pytest.raises(UnknownNameError, match="data set of NAS-Bench-201 'mnist'"):
        make_problem(config("tabular.dataset=mnist"))
    with pytest.raises(UnknownNameError, match="known: .*pi5_onnx_latency_ms"):
        make_problem(config("tabular.dataset=cifar100", "search.objectives=['error', 'x']"))


def test_a_missing_or_other_table_is_told_before_anything_is_written(tmp_path):
    settings = ["problem=nasbench201", f"data.data_dir={tmp_path}"]
    with pytest.raises(DatasetError, match="was not found"):
        make_problem(with_objectives(load_config(settings=settings)))
