import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.problems import make_problem, make_ranking
from evoapproxnas.search.feasible import check_limits
from tests.fakes import tiny_config
from tests.synthetic_runs import synthetic_config


def check(limits, *settings):
    config = synthetic_config(f"search.limits={{{limits}}}", *settings)
    problem = make_problem(config)
    check_limits(problem, make_ranking(problem, config), seed=0)


def test_limits_that_nothing_meets_are_refused_with_what_came_nearest():
    with pytest.raises(ConfigError, match=r"none is within all of cost <= -1.*nearest has cost 0"):
        check("cost = -1")
    with pytest.raises(
        ConfigError, match="cost <= 20, spare >= 60; the one that came nearest has"
    ):
        check("cost = 20, spare = 60")


def test_no_network_is_better_than_without_any_error():
    config = tiny_config("search.limits.error=-0.1")
    problem = make_problem(config)
    with pytest.raises(ConfigError, match=r"none is within all of error <= -0\.1.*has error 0 at"):
        check_limits(problem, make_ranking(problem, config), seed=0)


def test_limits_that_few_meet_are_not():
    check("cost = 1")
    check("error = 0")  # Only an evaluation tells.


def test_what_a_run_begins_with_counts(tmp_path):
    file = tmp_path / "best.json"
    file.write_text("[9, 9, 9, 9, 9, 9]")
    check("spare = 0, cost = 54", f"search.init=['{file}']")
