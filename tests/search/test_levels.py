"""Campaigns with inheritance and rungs, on figures that cost nothing."""

from collections import Counter

import numpy as np
import pytest

from evoapproxnas.config import InheritanceConfig, RungsConfig
from evoapproxnas.constraints import Limit, Ranking
from evoapproxnas.problems import make_problem, make_ranking
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    StepId,
    Training,
    WarmStart,
)
from evoapproxnas.search import run_campaign
from evoapproxnas.search.advancing import Advance
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.stepping import Steps
from evoapproxnas.store import create_run, load_run
from tests.fakes import FakeExecutor, Recorder, tiny_config, tiny_run

LEVELS = ("inheritance.enabled=true", "rungs.passes=[2, 6, 9]", "search.crossover_rate=0.3")


def campaign(run, **options):
    executor, recorder = FakeExecutor(**options), Recorder()
    run_campaign(run, executor, recorder)
    return executor, recorder


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    made = tiny_run(tmp_path_factory.mktemp("levels") / "run", *LEVELS)
    campaign(made)
    return made


def front(run):
    return (run.path / "front.csv").read_bytes()


def test_children_begin_with_the_weights_of_their_parents(run):
    candidates = run.database.candidates()
    for row in run.database.trainings():
        place = row.id.candidate
        if row.id.step:
            assert row.inherited_from.candidate == place
        elif place.generation:
            assert row.inherited_from.candidate == candidates[place].parents[0]
        else:
            assert row.inherited_from is None


def test_passes_of_a_whole_lineage_add_up(run):
    passes = {row.id: row.passes for row in run.database.trainings()}
    for row in run.database.trainings():
        assert row.passes == row.budget + passes.get(row.inherited_from, 0.0)


def test_a_promoted_training_goes_on_and_is_trained_for_the_difference(run):
    budgets = Counter((row.id.step, row.budget) for row in run.database.trainings())
    assert budgets[0, 2.0] > budgets[1, 4.0] > 0
    assert budgets[2, 3.0] > 0


def test_an_architecture_is_trained_once(run):
    first = Counter(row.architecture_key for row in run.database.trainings() if row.id.step == 0)
    assert set(first.values()) == {1}
    emulated = [e for e in run.database.evaluations().values() if e.training is None]
    assert emulated
    assert all(e.weights is not None for e in emulated)


def lineage(*, child_error):
    """A parent of 6 passes and its child of 2 more."""
    ledger = Ledger(Ranking({"error": "min", "cost": "min"}))
    for place, parents, error, passes in (
        (PARENT, (), 0.5, 6.0),
        (CHILD, (PARENT,), child_error, 8.0),
    ):
        ledger.propose(Candidate(place, (), str(place), "", parents, str(place)))
        training = Training(passes, "recipe", passes)
        point = {"error": error, "cost": 1.0}
        ledger.settle(StepId(place), Evaluation(point, training=training, weights=StepId(place)))
    return ledger


PARENT, CHILD = CandidateId(0, 0), CandidateId(1, 0)


def test_a_parent_is_trained_as_long_as_a_child_that_beats_it():
    ledger = lineage(child_error=0.4)
    steps = Steps(ledger, RungsConfig(), InheritanceConfig(enabled=True))
    (step,) = steps.matching([CHILD])
    assert (step.id, step.passes) == (StepId(PARENT, 1), 2.0)
    assert step.source.step == StepId(PARENT)
    alone = Steps(ledger, RungsConfig(), InheritanceConfig(enabled=True, match_parents=False))
    assert alone.matching([CHILD]) == []


def test_the_rate_is_lower_where_weights_are_inherited():
    ledger = lineage(child_error=0.4)
    steps = Steps(ledger, RungsConfig(passes=(2, 6)), InheritanceConfig(enabled=True, rate=0.25))
    child, new = (
        Candidate(CandidateId(2, i), (), f"{i}", "", parents, f"new {i}")
        for i, parents in enumerate([(CHILD,), ()])
    )
    assert (steps.first(child).rate, steps.first(new).rate) == (0.25, 1.0)
    for candidate in (child, new):
        origin = steps.first(candidate).source
        inherited = None if origin is None else origin.step
        ledger.propose(candidate)
        training = Training(2.0, "recipe", 2.0, inherited_from=inherited)
        figures = {"error": 0.4, "cost": 1.0}
        step = StepId(candidate.id)
        ledger.settle(step, Evaluation(figures, training=training, weights=step))
    assert steps.next_rung(child.id, 1).rate == 0.25
    assert steps.next_rung(new.id, 1).rate == 1.0
    assert steps.matching([CHILD])[0].rate == 0.25, "as its child's, for a fair comparison"


def test_a_child_begins_with_the_best_weights_of_its_parents_architecture():
    ledger = lineage(child_error=0.4)
    twin = Candidate(CandidateId(1, 1), (), "twin", "", (PARENT,), str(PARENT))
    ledger.propose(twin)
    point = {"error": 0.5, "cost": 0.5}
    ledger.settle(StepId(twin.id), Evaluation(point, weights=StepId(PARENT)))
    training = Training(4.0, "recipe", 10.0)
    further = StepId(PARENT, 1)
    ledger.settle(further, Evaluation(point, training=training, weights=further))
    steps = Steps(ledger, RungsConfig(), InheritanceConfig(enabled=True))
    child = Candidate(CandidateId(2, 0), (), "child", "", (twin.id,), "child")
    assert steps.first(child).source.step == further


def test_a_parent_that_is_not_beaten_stays_as_it_is():
    steps = Steps(lineage(child_error=0.6), RungsConfig(), InheritanceConfig(enabled=True))
    assert steps.matching([CHILD]) == []


@pytest.mark.parametrize("die_after", [0, 7, 20, 33])
def test_interrupted_and_resumed_is_as_uninterrupted(tmp_path, run, die_after):
    broken = tiny_run(tmp_path / "broken", *LEVELS)
    with pytest.raises(KeyboardInterrupt):
        campaign(broken, die_after=die_after, seed=3)
    before = broken.database.outcomes()
    campaign(load_run(broken.path))
    assert before.items() <= broken.database.outcomes().items()
    assert front(broken) == front(run)


def test_order_of_outcomes_does_not_matter(tmp_path, run):
    other = tiny_run(tmp_path / "other", *LEVELS)
    campaign(other, seed=11)
    assert front(other) == front(run)


def test_a_step_that_fails_leaves_the_candidate_as_it_was(tmp_path):
    run = tiny_run(tmp_path / "a", *LEVELS)
    campaign(run, fails=lambda task: "-r" in task.name)
    failed = [step for step in run.database.failures() if step.step]
    assert failed
    states = run.database.states()
    assert {states[step.candidate] for step in failed} <= {"stopped", "infeasible", "evaluated"}
    assert not run.front().empty


def test_candidates_that_cannot_enter_the_front_are_rejected(tmp_path):
    run = tiny_run(tmp_path / "a", "search.reject=true", "search.objectives=['energy_nj', 'macs']")
    _, recorder = campaign(run)
    rejections = run.database.rejections()
    assert rejections
    assert recorder.generations[-1][0].counts.rejected == len(rejections)
    assert "the front is better" in next(iter(rejections.values())).reason
    assert not set(rejections) & {StepId(p.candidate) for p in run.archive()}


def warm_run(path, *settings, weights=(b"", b"")):
    """A run that begins with two networks and variations of them."""
    first = ("inheritance.init_first=true", 'search.fill="vary"')
    config = tiny_config(*LEVELS, *first, *settings)
    problem = make_problem(config)
    drafts = [problem.draw(np.random.default_rng(seed)) for seed in range(len(weights))]
    starts = [WarmStart(d, "made", weights=w) for d, w in zip(drafts, weights, strict=True)]
    return create_run(path, config, make_ranking(problem, config), warm_starts=starts)


def first_generation(run):
    """Budgets and origins of first trainings, by index."""
    rows = [row for row in run.database.trainings() if row.id.step == 0]
    return {
        row.id.candidate.index: (row.budget, row.inherited_from)
        for row in rows
        if row.id.candidate.generation == 0
    }


@pytest.mark.parametrize("mode", ["generational", "steady"])
def test_what_a_run_begins_with_is_trained_first_and_the_others_vary_it(tmp_path, mode):
    run = warm_run(tmp_path / "run", f"search.mode={mode}")
    campaign(run)
    candidates, found = run.database.candidates(), first_generation(run)
    assert found.pop(0) == found.pop(1) == (9.0, None)
    assert found
    for index, (budget, origin) in found.items():
        (parent, *_) = candidates[CandidateId(0, index)].parents
        assert (budget, origin) == (2.0, StepId(parent)), "not from scratch"
    evaluations = run.database.evaluations()
    assert {StepId(CandidateId(0, i), 1) for i in range(2)}.isdisjoint(evaluations), "at the end"


def test_what_comes_with_weights_is_promoted_as_all_others(tmp_path):
    run = warm_run(tmp_path / "run", weights=(b"weights", b""))
    campaign(run)
    found = first_generation(run)
    assert [found[index][0] for index in (0, 1)] == [2.0, 9.0]
    assert found[0][1].step < 0, "it began with those"


@pytest.mark.parametrize("die_after", [1, 2, 4, 9])
def test_interrupted_while_it_trains_what_it_begins_with(tmp_path, die_after):
    whole = warm_run(tmp_path / "whole")
    campaign(whole)
    cut = warm_run(tmp_path / "cut")
    with pytest.raises(KeyboardInterrupt):
        campaign(cut, die_after=die_after)
    resumed = load_run(cut.path)
    campaign(resumed)
    assert front(resumed) == front(whole)


@pytest.mark.parametrize(("limit", "goes_on"), [("error", True), ("energy_nj", False)])
def test_beyond_a_limit_that_training_does_not_change_nobody_goes_on(limit, goes_on):
    config = tiny_config(*LEVELS)
    problem = make_problem(config)
    ledger = Ledger(Ranking({"error": "min", "energy_nj": "min"}, (Limit(limit, "min", 0.25),)))
    ledger.propose(Candidate(PARENT, (), "key", "", (), "key"))
    training = Training(2.0, "recipe", 2.0, state="stopped")
    point = {"error": 0.5, "energy_nj": 0.5}
    ledger.settle(StepId(PARENT), Evaluation(point, training=training, weights=StepId(PARENT)))
    steps = Steps(ledger, config.rungs, config.inheritance)
    found = Advance(problem, ledger, steps, config).promoted([PARENT], 1)
    assert [step.id for step in found] == [StepId(PARENT, 1)] * goes_on
