"""Networks on accelerators, without any training: a made table, and networks that are priced."""

import math

import numpy as np
import pytest

from evoapproxnas.config import SYSTEM_FIGURES, load_config
from evoapproxnas.errors import ConfigError, NetworkRejected
from evoapproxnas.hardware.accelerators import load_accelerator, system_cost
from evoapproxnas.hardware.hw_nas_bench.skeleton import network_work
from evoapproxnas.problems import Parent, make_problem, make_ranking
from evoapproxnas.problems.cosearch.grid import GENES
from evoapproxnas.records import Candidate, CandidateId, Evaluation
from tests.fakes import tiny_config

LISTS = (
    "hardware.rows=[8, 12, 16]",
    "hardware.columns=[14, 16]",
    "hardware.dataflows=['row_stationary', 'any']",
)
EDP = "search.objectives=['error', 'edp']"


@pytest.fixture
def problem(made_table):
    """Makes the problem of a search over the made table."""
    fixed = (
        *("problem=nasbench201", f"data.data_dir={made_table.path.parents[1]}"),
        *(f"tabular.sha256={made_table.sha256}", EDP),
    )
    return lambda *settings: make_problem(load_config(settings=[*fixed, *settings]))


def of(draft, index=0):
    place = CandidateId(0, index)
    return Candidate(place, draft.genes, draft.key, draft.network, (), draft.architecture_key)


def drawn(problem, seed=0):
    return of(problem.draw(np.random.default_rng(seed)))


def number_of(candidate):
    return int(candidate.architecture_key)


def test_without_a_search_points_are_on_the_accelerator_of_the_configuration(problem):
    fixed = problem("hardware.accelerator=edge_tpu")
    candidate = drawn(fixed)
    assert len(candidate.genes) == 6
    evaluation = fixed.on_hardware(candidate, Evaluation({"error": 0.1}))
    cost = system_cost(
        network_work(number_of(candidate), "cifar10"), {}, load_accelerator("edge_tpu")
    )
    assert evaluation.accelerator == "edge_tpu"
    assert evaluation.metrics["edp"] == cost.edp == fixed.price(candidate)["edp"]
    assert evaluation.metrics["energy_nj"] == pytest.approx(cost.multiplier_nj)
    assert not evaluation.others


def test_the_inner_loop_takes_the_best_within_the_limits(problem):
    inner = problem("hardware.search=inner", *LISTS, "hardware.inner_objective=latency_ms")
    candidate = drawn(inner)
    evaluation = inner.on_hardware(candidate, Evaluation({"error": 0.1}))
    work = network_work(number_of(candidate), "cifar10")
    costs = {
        name: system_cost(work, {}, load_accelerator(name))
        for name in map(inner._grid.name, inner._grid.all())
    }
    fastest = min(costs, key=lambda name: costs[name].latency_ms)
    assert evaluation.accelerator == fastest == "eyeriss@16x16,any"
    largest = costs["eyeriss"].area_mm2
    limited = problem(
        *("hardware.search=inner", *LISTS, "hardware.inner_objective=latency_ms"),
        f"search.limits={{area_mm2 = {largest}}}",
    )
    within = {n: c for n, c in costs.items() if c.area_mm2 <= largest}
    assert fastest not in within
    evaluation = limited.on_hardware(candidate, Evaluation({"error": 0.1}))
    assert evaluation.accelerator == min(within, key=lambda name: within[name].latency_ms)
    assert limited.bound(candidate)["edp"] == min(cost.edp for cost in within.values())


def test_small_grids_are_priced_whole_and_give_points_that_nothing_dominates(problem):
    three = "search.objectives=['error', 'system_energy_nj', 'latency_ms', 'area_mm2']"
    genes = problem("hardware.search=genes", *LISTS, three)
    candidate = drawn(genes)
    evaluation = genes.on_hardware(candidate, Evaluation({"error": 0.1}))
    accelerators = [point.accelerator for point in evaluation.points]
    assert 1 < len(accelerators) == len(set(accelerators)) < genes._grid.size
    work = network_work(number_of(candidate), "cifar10")
    for point in evaluation.points:
        cost = system_cost(work, {}, load_accelerator(point.accelerator))
        assert point.metrics["area_mm2"] == cost.area_mm2
        assert point.metrics["system_energy_nj"] > point.metrics["energy_nj"] > 0
    assert genes.on_hardware(candidate, evaluation) == evaluation
    other = of(genes.draft((*genes.values(candidate)[:-GENES], 0, 0, 1, 0, 1)))
    assert other.key == candidate.key  # On all of the grid, its genes make no difference.


def test_on_large_grids_a_candidate_is_on_the_accelerator_of_its_genes(problem):
    genes = problem("hardware.search=genes", "hardware.priced=1", *LISTS)
    first = drawn(genes)
    other = of(genes.draft((*genes.values(first)[:-GENES], 0, 0, 1, 0, 1)))
    assert other.key != first.key
    assert other.architecture_key == first.architecture_key
    assert genes.work_key(other) == genes.work_key(first)
    evaluation = genes.on_hardware(other, Evaluation({"error": 0.1}))
    assert [point.accelerator for point in evaluation.points] == ["eyeriss@8x16,any"]
    again = genes.on_hardware(first, evaluation)
    assert again.metrics == {**evaluation.metrics, **{n: again.metrics[n] for n in ("edp",)}}
    assert again.metrics["edp"] == genes.price(first)["edp"] != evaluation.metrics["edp"]
    assert genes.bound(first)["edp"] == genes.price(first)["edp"]


def test_large_grids_are_priced_around_the_genes(problem):
    genes = problem("hardware.search=genes", "hardware.priced=5", *LISTS)
    candidate = of(genes.draft((*genes.values(drawn(genes))[:-GENES], 0, 1, 0, 0, 0)))
    evaluation = genes.on_hardware(candidate, Evaluation({"error": 0.1}))
    work = network_work(number_of(candidate), "cifar10")
    costs = {
        name: system_cost(work, {}, load_accelerator(name)).edp
        for name in ("eyeriss", *(f"eyeriss@{v}" for v in ("8x14", "16x14", "12x16", "any")))
    }
    assert evaluation.accelerator == min(costs, key=lambda name: costs[name])
    assert evaluation.metrics["edp"] == min(costs.values()) == genes.bound(candidate)["edp"]
    assert genes.price(candidate)["edp"] == costs["eyeriss"]


def test_children_take_over_the_accelerator_that_their_parent_was_chosen_by(problem):
    genes = problem(
        *("hardware.search=genes", "hardware.priced=1", *LISTS, "hardware.only=0"),
        *("hardware.mutation_rate=1e-9", "hardware.crossover_rate=0"),
    )
    parent = Parent(drawn(genes), accelerator="eyeriss@16x16,any")
    child = of(genes.vary((parent, parent), np.random.default_rng(0)))
    assert genes.on_hardware(child, Evaluation({"error": 0})).accelerator == parent.accelerator
    assert genes.work_key(child) != genes.work_key(parent.candidate)


def test_some_children_differ_in_hardware_alone(problem):
    settings = ("hardware.search=genes", *LISTS, "hardware.only=1")
    genes = problem(*settings, "hardware.priced=1")
    parent = Parent(drawn(genes))
    child = genes.vary((parent, parent), np.random.default_rng(0))
    assert child.operator == "hardware"
    assert child.genes[:-GENES] == parent.candidate.genes[:-GENES]
    assert child.key != parent.candidate.key
    whole = problem(*settings)
    child = whole.vary((Parent(drawn(whole)),) * 2, np.random.default_rng(0))
    assert child.operator != "hardware"


def test_two_parents_give_hardware_genes(problem):
    genes = problem(
        *("hardware.search=genes", "hardware.priced=1", *LISTS, "hardware.only=0"),
        *("hardware.mutation_rate=1e-9", "hardware.crossover_rate=1"),
    )
    parents = Parent(drawn(genes, 0)), Parent(drawn(genes, 3))
    both = [parent.candidate.genes[-GENES:] for parent in parents]
    for seed in range(5):
        child = genes.vary(parents, np.random.default_rng(seed))
        assert child.parents_used == 2
        pairs = zip(*both, strict=True)
        assert all(g in pair for g, pair in zip(child.genes[-GENES:], pairs, strict=True))


def test_new_candidates_are_within_the_limits_where_some_are(problem):
    area = load_accelerator("eyeriss")
    least = system_cost(network_work(0, "cifar10"), {}, area).area_mm2
    genes = problem(
        *("hardware.search=genes", "hardware.priced=1", *LISTS),
        f"search.limits={{area_mm2 = {least}}}",
    )
    for seed in range(20):
        assert genes.price(drawn(genes, seed))["area_mm2"] <= least


def test_bounds_say_that_no_accelerator_is_within_all_limits_at_once(problem):
    """One is small enough and another one fast enough, but none is both."""
    genes = problem(
        "hardware.search=genes", *LISTS, "search.objectives=['latency_ms', 'area_mm2']"
    )
    candidate = drawn(genes)
    rows = genes.on_hardware(candidate, Evaluation({"error": 0.1})).points
    fastest = min(rows, key=lambda point: point.metrics["latency_ms"]).metrics
    smallest = min(rows, key=lambda point: point.metrics["area_mm2"]).metrics
    limits = f"latency_ms = {fastest['latency_ms']}, area_mm2 = {smallest['area_mm2']}"
    limited = problem("hardware.search=genes", *LISTS, f"search.limits={{{limits}}}")
    ranking = limited._pricing.ranking
    assert ranking.broken(limited.bound(candidate))


def test_values_that_no_accelerator_has_room_for_are_named(problem):
    with pytest.raises(ConfigError, match=r"hardware\.rows: 4000 makes no accelerator that can"):
        problem("hardware.search=genes", "hardware.rows=[12, 4000]", "hardware.buffer_kb=[1, 2]")


def test_a_network_that_no_accelerator_can_hold_is_rejected(problem):
    genes = problem(
        *("hardware.search=genes", "hardware.priced=1"),
        *("hardware.rows=[12, 2000]", "hardware.buffer_kb=[1, 1000]"),
    )
    network = drawn(genes).genes[:-GENES]
    with pytest.raises(NetworkRejected, match="can hold all layers"):
        genes.draft((*network, 0, 1, 0, 0, 0))


def test_problems_without_layers_have_no_hardware():
    with pytest.raises(ConfigError, match="problem 'synthetic' has none"):
        make_problem(load_config(settings=["problem=synthetic", EDP]))


def test_networks_are_priced_with_their_multipliers():
    config = tiny_config("hardware.search=genes", *LISTS, EDP)
    problem = make_problem(config)
    assert list(make_ranking(problem, config).directions) == ["error", "edp"]
    candidate = drawn(problem)
    known = {"error": 0.1, "energy_nj": 7.0}
    (first, *_) = problem.on_hardware(candidate, Evaluation(known)).points
    assert first.metrics["energy_nj"] == 7.0  # What the problem itself says counts.
    assert {name for name in SYSTEM_FIGURES if name in first.metrics} == {"edp"}
    assert problem.bound(candidate)["edp"] <= problem.price(candidate)["edp"]
    assert math.prod(problem.domains()[-GENES:]) == problem._grid.size == 12
    assert problem.draft(problem.values(candidate)).genes == candidate.genes
