from pathlib import Path

import pytest

from evoapproxnas.config import load_config
from evoapproxnas.errors import ConfigError, StoreError
from evoapproxnas.hardware.latency import count_operations_of, random_networks
from evoapproxnas.objectives import Subject, get_objective
from evoapproxnas.problems.cnn.device import check_latency_table
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
    problem = CnnProblem(_config(file.with_name("poor.json"), "hardware.interpolate=true"))
    assert "% of operations interpolated" in problem.description


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
