import json
import platform
import re
import subprocess

import pytest

from evoapproxnas.errors import ConfigError, StoreError, UnknownNameError
from evoapproxnas.executors import Result
from evoapproxnas.multipliers import load_library
from evoapproxnas.networks import Network
from evoapproxnas.problems import Source, Step, make_problem
from evoapproxnas.problems.cnn.population import initial_candidates
from evoapproxnas.problems.cnn.pricing import price
from evoapproxnas.problems.cnn.tasks import MODEL, WEIGHTS, numbered
from evoapproxnas.records import Evaluation, Point, StepId
from tests.fakes import tiny_config


@pytest.fixture(scope="module")
def problem():
    return make_problem(tiny_config())


def test_models_of_others_and_what_was_left_half_written_go(problem, tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    host = re.sub(r"[^A-Za-z0-9-]", "-", platform.node())
    kept = {"g00-01.keras", "g00-01.float.keras", "g00-01.npz", "notes.txt"}
    gone = {
        "g00-02.keras",
        "g00-02.npz",
        ".g00-01.partial.keras",
        f".g00-01.partial-{ended.pid}@{host}.keras",
    }
    for name in kept | gone:
        (tmp_path / name).touch()
    problem.prune(tmp_path, keep={"g00-01"})
    assert {file.name for file in tmp_path.iterdir()} == kept


def test_weights_come_back_as_bytes_and_go_on_to_children_and_tests(problem, tmp_path):
    (candidate,) = initial_candidates(problem.space, 0, 0, 1)
    evaluation = Evaluation({"error": 0.25})
    result = Result.of(evaluation, {WEIGHTS: b"weights"})
    assert problem.receive("g00-00", result, folder=tmp_path) == evaluation
    assert (tmp_path / "g00-00.npz").read_bytes() == b"weights"
    step = StepId(candidate.id)
    child = Step(StepId(candidate.id, 1), 3.0, Source(candidate, step, 2.0))
    task = problem.task(candidate, step=child, seed=1, folder=tmp_path)
    test = problem.test_task(candidate, [Point({})], weights=step, folder=tmp_path)
    assert task.blobs == test.blobs == {WEIGHTS: b"weights"}
    assert task.payload["passes"] == 3
    (tmp_path / "g00-00.npz").unlink()
    with pytest.raises(StoreError, match=r"weights of g00-00 .*Restore the file"):
        problem.task(candidate, step=child, seed=1, folder=tmp_path)


def test_models_of_tested_members_are_kept_under_their_names(problem, tmp_path):
    result = Result.of(
        Evaluation({"accuracy": 0.5}, others=(Point({"accuracy": 0.25}),)),
        {numbered(MODEL, 0): b"first", numbered(MODEL, 1): b"second"},
    )
    figures = problem.receive_test([["g00-00", "g00-03"], ["g00-00-p1"]], result, folder=tmp_path)
    assert figures == [{"accuracy": 0.5}, {"accuracy": 0.25}]
    assert (tmp_path / "g00-00.keras").read_bytes() == b"first"
    assert (tmp_path / "g00-03.keras").read_bytes() == b"first"
    assert (tmp_path / "g00-00-p1.keras").read_bytes() == b"second"


def test_weights_that_cannot_be_kept_stop_the_campaign(problem, tmp_path):
    result = Result.of(Evaluation({"error": 0.25}), {WEIGHTS: b""})
    with pytest.raises(StoreError, match="cannot write"):
        problem.receive("g00-00", result, folder=tmp_path / "gone" / "further")


def test_identity_is_what_decides_a_training(problem):
    first, second = initial_candidates(problem.space, 0, 0, 2)
    step = Step(StepId(first.id), 3.0)
    same = problem.identity(first, step)
    assert problem.identity(first, Step(StepId(second.id, 4), 3.0)) == same
    others = [
        problem.identity(second, step),
        problem.identity(first, Step(step.id, 4.0)),
        problem.identity(first, Step(step.id, 3.0, Source(second, step.id, 1.0, "identity"))),
    ]
    assert len({same, *others}) == 4


def test_bounds_are_the_best_that_an_assignment_can_do():
    problem = make_problem(tiny_config("assignment.enabled=true"))
    candidates = initial_candidates(problem.space, 0, 0, 4)
    for candidate in candidates:
        bound, price = problem.bound(candidate), problem.price(candidate)
        assert bound["error"] == 0
        assert bound["energy_nj"] <= price["energy_nj"]
        assert bound["macs"] == price["macs"]


def test_no_circuit_that_genes_may_name_is_beyond_the_bounds():
    problem = make_problem(tiny_config("assignment.enabled=true"))
    (candidate,) = initial_candidates(problem.space, 0, 0, 1)
    network, bound = Network.from_dict(json.loads(candidate.network)), problem.bound(candidate)
    last = network.approx_layers[-1]  # Dense: it keeps its own.
    for multiplier in problem.space.multipliers:
        names = {**dict.fromkeys(network.assignment, multiplier), last.name: last.multiplier}
        figures = price(network.with_assignment(names), load_library(), problem.config)
        assert bound["energy_nj"] <= figures["energy_nj"], multiplier


def test_bounds_of_system_figures_are_below_every_assignment():
    names = "system_energy_nj", "latency_ms", "edp", "area_mm2", "memory_kb"
    limits = ", ".join(f"{name} = 1e9" for name in names)
    problem = make_problem(tiny_config("assignment.enabled=true", f"search.limits={{{limits}}}"))
    space = make_problem(tiny_config()).space
    for candidate in initial_candidates(space, 0, 0, 4):
        bound, price = problem.bound(candidate), problem.price(candidate)
        for name in names:
            assert 0 < bound[name] <= price[name]


def test_adapting_needs_operators():
    for setting in ("search.adapt_rates=true", "search.shrink_every=2"):
        with pytest.raises(ConfigError, match=r"search\.operators names none"):
            make_problem(tiny_config(setting))


def test_unknown_operators_are_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'insertion'"):
        make_problem(tiny_config("search.operators={insertio=1.0}"))
