import numpy as np
import pytest

from evoapproxnas.config import load_config
from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.problems import PROBLEMS, Parent, Step, make_problem, make_ranking
from evoapproxnas.records import Candidate, CandidateId, Point, StepId

CONFIGS = {
    "cnn": ["data.dataset=digits", "grid.columns=6", "grid.rows=2"],
    "nasbench201": ["search.objectives=['error', 'fpga_latency_ms']"],
    "synthetic": ["search.objectives=['error', 'cost']"],
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_problem_keeps_the_protocol(name, tmp_path, made_table):
    place = [f"data.data_dir={made_table.path.parent}", f"tabular.sha256={made_table.sha256}"]
    settings = [f"problem={name}", *CONFIGS[name], *(place if name == "nasbench201" else [])]
    config = load_config(settings=settings)
    problem = make_problem(config)
    ranking = make_ranking(problem, config)
    assert list(ranking.directions) == list(config.search.objectives)
    drafts = [problem.draw(np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert drafts[0] == drafts[1]
    parent, other = (
        Candidate(CandidateId(0, i), d.genes, d.key, d.network, (), d.architecture_key)
        for i, d in enumerate(drafts[1:])
    )
    child = problem.vary((Parent(parent), Parent(other)), np.random.default_rng(0))
    assert child.genes != parent.genes
    assert child.parents_used in (1, 2)
    values = problem.values(parent)
    assert all(0 <= v < n for v, n in zip(values, problem.domains(), strict=True))
    assert problem.draft(values).key == parent.key
    cheap = problem.price(parent)
    asked = [problem.figure(figure) for figure in config.search.objectives]
    assert all(figure.name in cheap for figure in asked if figure.cost == "cheap")
    assert all(figure.name not in cheap for figure in asked if figure.cost == "trained")
    step = Step(StepId(parent.id))
    task = problem.task(parent, step=step, seed=3, folder=tmp_path)
    assert problem.task(parent, step=step, seed=3, folder=tmp_path) == task
    assert set(problem.bound(parent)) >= {*cheap, "error"}
    (tmp_path / f"{step.id}.npz").write_bytes(b"weights")
    problem.test_task(parent, [Point({})], weights=step.id, folder=tmp_path)
    problem.prune(tmp_path, keep=())
    with pytest.raises(UnknownNameError, match="watts"):
        problem.figure("watts")


def test_unknown_problems_and_figures_are_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'synthetic'"):
        make_problem(load_config(settings=["problem=syntetic"]))
    wrong = ["problem=synthetic", "search.objectives=['error', 'cost']", "search.limits={macs=1}"]
    with pytest.raises(UnknownNameError, match="macs"):
        make_problem(load_config(settings=wrong))


def test_values_that_are_none_are_refused():
    problem = make_problem(load_config(settings=["problem=synthetic", *CONFIGS["synthetic"]]))
    with pytest.raises(ConfigError, match="expected 6 genes of 0 to 9"):
        problem.draft([0] * 5 + [10])
