from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evoapproxnas.config import load_config
from evoapproxnas.errors import ConfigError, NetworkRejected, StoreError
from evoapproxnas.hardware.latency import (
    count_operations_of,
    load_device_table,
    random_networks,
    runtime_operations,
)
from evoapproxnas.objectives import Subject, get_objective
from evoapproxnas.problems import Parent
from evoapproxnas.problems.cnn.device import check_has_latency, check_latency_table
from evoapproxnas.problems.cnn.population import make_space
from evoapproxnas.problems.cnn.problem import CnnProblem
from tests.hardware.latency.small import FUSION, table

ASKED = ("search.objectives=['error', 'latency_ms']", "search.population=4")
SMALL = ("space.channels=[8]", "space.nodes=['conv2d', 'max_pooling']", "space.conv_kernels=[3]")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A table of all operations of the small space, but for the rarest."""
    space = make_space(load_config(preset="digits", settings=SMALL))
    networks = random_networks(space, 200, seed=0, purpose="census")
    operations = list(count_operations_of(networks, FUSION))
    table(operations, machine={"processor": "pretended"}).save(tmp_path / "table.json")
    table(operations[:3]).save(tmp_path / "poor.json")
    half = [o for place, o in enumerate(operations) if place % 2 or o.kind != "conv2d"]
    table(half).save(tmp_path / "half.json")
    table(operations, input_shape=(32, 32, 3)).save(tmp_path / "other.json")
    return tmp_path / "table.json"


def _config(file: Path, *settings: str):
    own = (*ASKED, *SMALL, f"hardware.latency_table={file}", *settings)
    return load_config(preset="digits", settings=own)


def test_a_table_prices_candidates_before_any_training(file: Path):
    problem = CnnProblem(_config(file, "search.limits.latency_ms=40.0"))
    assert "latency of pretended (litert)" in problem.description
    network = next(iter(random_networks(problem.space, 1, seed=5, purpose="x")))
    objective = get_objective("latency_ms", problem.config)
    assert (objective.cost, objective.unit) == ("cheap", "ms")
    assert objective.measure(Subject(network, {})) > 0.5


def test_a_table_that_lacks_operations_is_said_before_the_run(file: Path):
    with pytest.raises(ConfigError) as raised:
        CnnProblem(_config(file.with_name("poor.json")))
    message = str(raised.value)
    assert "has no time for" in message
    assert "% of the operations of 50 random networks" in message
    assert "hardware.interpolate = true" in message


def test_what_is_interpolated_is_said(file: Path):
    problem = CnnProblem(_config(file.with_name("half.json"), "hardware.interpolate=true"))
    assert "% of operations interpolated" in problem.description


def test_what_cannot_be_interpolated_is_said_before_the_run(file: Path):
    known = load_device_table(file)
    kept = tuple(each for each in known.operations if each.operation.kind != "max_pool")
    replace(known, operations=kept).save(file)
    with pytest.raises(ConfigError, match=r"table\.json: no operation of kind max_pool was meas"):
        CnnProblem(_config(file, "hardware.interpolate=true"))


def test_networks_that_the_table_lacks_an_operation_of_are_made_again(file: Path):
    """Fifty random networks have none, but others do, and the campaign goes on without them."""
    config = _config(file)
    space = make_space(config)
    seen = random_networks(space, 50, seed=config.seed, purpose="coverage")
    known = set(count_operations_of(seen, FUSION))
    whole = load_device_table(file)
    kept = tuple(each for each in whole.operations if each.operation in known)
    replace(whole, operations=kept).save(file)
    problem = CnnProblem(config)
    rng = np.random.default_rng(0)
    drafts = [problem.draw(rng) for _ in range(200)]
    drafts += [problem.vary((Parent(d.at()), Parent(d.at())), rng) for d in drafts]
    for draft in drafts:
        assert problem.price(draft.at())["latency_ms"] > 0
    others = random_networks(space, 300, seed=1, purpose="x")
    lacking = [n for n in others if not known.issuperset(runtime_operations(n, FUSION))]
    with pytest.raises(NetworkRejected, match="has no time for"):
        check_has_latency(lacking[0], config)


def test_a_table_of_another_space_is_said(file: Path):
    with pytest.raises(ConfigError, match=r"another space, small: images 32x32x3 and 10 classes"):
        CnnProblem(_config(file.with_name("other.json")))


def test_a_table_that_is_not_there_is_said(file: Path):
    with pytest.raises(StoreError, match=r"missing\.json"):
        CnnProblem(_config(file.with_name("missing.json")))


def test_a_table_that_no_figure_is_of_is_not_read(file: Path):
    config = load_config(preset="digits", settings=["hardware.latency_table=nowhere.json"])
    assert check_latency_table(make_space(config), config) == ""
    assert config.with_absolute_paths().hardware.latency_table == str(Path.cwd() / "nowhere.json")
