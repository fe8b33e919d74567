from dataclasses import replace

import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.problems import Lesson, Parent, make_problem, make_ranking
from evoapproxnas.problems.cnn.experience import Experience
from evoapproxnas.records import Candidate, CandidateId
from evoapproxnas.search import run_campaign
from evoapproxnas.seeds import generator
from evoapproxnas.store import create_run
from tests.fakes import FakeExecutor, Recorder, tiny_config

OPERATORS = {"insertion": 1.0, "channels": 1.0, "one_gene": 1.0}


def config_with(*settings, operators=OPERATORS):
    """A tiny configuration with these operators and no others."""
    config = tiny_config(*settings)
    search = config.search.model_copy(update={"operators": operators})
    return config.model_copy(update={"search": search})


def run_of(path, config):
    return create_run(path, config, make_ranking(make_problem(config), config))


def lessons_of(problem, generation=0, count=8):
    drafts = [problem.draw(generator(0, generation, i, "test")) for i in range(count)]
    return [
        Lesson(
            Candidate(CandidateId(generation, i), d.genes, d.key, d.network, operator="insertion"),
            rank=i,
            survived=i == 0,
        )
        for i, d in enumerate(drafts)
    ]


def test_nothing_is_adapted_unless_asked_for():
    problem = make_problem(config_with())
    assert problem.learned(lessons_of(problem))._experience == Experience()


def test_operators_whose_children_fail_are_used_less():
    config = config_with("search.adapt_rates=true")
    problem = make_problem(config)
    learned = problem.learned(lessons_of(problem))
    weights = learned._experience.weights(config.search)
    assert weights["insertion"] < weights["channels"] == weights["one_gene"]
    assert problem._experience == Experience(), "the problem itself stays what it is"


def test_values_of_bad_networks_go_every_few_generations():
    config = config_with("search.shrink_every=2", "grid.columns=12")
    problem = make_problem(config)
    once = problem.learned(lessons_of(problem, 0, 30))
    assert once._experience.allowed == {}
    twice = once.learned(lessons_of(problem, 1, 30))
    assert twice._experience.allowed
    values = dict(twice._experience.allowed)
    third = twice.learned(lessons_of(problem, 2, 30))
    assert third._experience.allowed == values


def test_multipliers_stay_where_the_fast_level_chooses_them():
    few = "space.multipliers=['mul8u_exact', 'mul8u_or8_v4', 'mul8u_or8_v6']"
    config = config_with("search.shrink_every=1", "grid.columns=12", few)
    for enabled in (True, False):
        options = replace_assignment(config, enabled)
        problem = make_problem(options)
        allowed = problem.learned(lessons_of(problem, 0, 60))._experience.allowed
        assert any(key.endswith(".multiplier") for key in allowed) != enabled


def replace_assignment(config, enabled):
    assignment = config.assignment.model_copy(update={"enabled": enabled})
    return config.model_copy(update={"assignment": assignment})


def test_children_say_what_made_them():
    problem = make_problem(config_with(operators={"insertion": 1.0}))
    lesson, other, *_ = lessons_of(problem)
    parents = Parent(lesson.candidate), Parent(other.candidate)
    draft = problem.vary(parents, generator(0, 1, 0, "variation"))
    assert draft.operator == "insertion"


def test_operators_that_are_never_used_are_refused_before_there_is_a_run():
    with pytest.raises(ConfigError, match=r"a frequency above 0, got {'insertion': 0.0}"):
        make_problem(config_with(operators={"insertion": 0.0}))


@pytest.mark.parametrize("die_after", [None, 9])
def test_a_resumed_run_has_learned_the_same(tmp_path, die_after):
    config = config_with("search.adapt_rates=true", "search.shrink_every=1")
    whole = run_of(tmp_path / "whole", config)
    run_campaign(whole, FakeExecutor(), Recorder())
    run = run_of(tmp_path / "run", config)
    if die_after is not None:
        with pytest.raises(KeyboardInterrupt):
            run_campaign(run, FakeExecutor(die_after=die_after), Recorder())
    run_campaign(run, FakeExecutor(seed=1), Recorder())
    same = {place: replace(c, id=place) for place, c in whole.database.candidates().items()}
    assert run.database.candidates() == same
    made_by = {c.operator for c in same.values() if c.id.generation}
    assert made_by <= {"insertion", "channels", "one_gene"}
    assert made_by
