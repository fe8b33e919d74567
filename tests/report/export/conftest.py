"""A small run on digits, trained and emulated, whose members are exported."""

import keras
import pytest

from evoapproxnas.config import load_config
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.problems import make_problem, make_ranking
from evoapproxnas.search import run_campaign
from evoapproxnas.store import create_run
from tests.fakes import Recorder

SETTINGS = (
    *("grid.rows=2", "grid.columns=8", "search.population=3", "search.generations=1"),
    *("search.limits.error=1.0", "training.epochs=2", "training.precision=float32"),
    *("data.train_images=200", "data.validation_images=60", "data.test_images=30"),
    *("quantization.calibration_images=60", "rungs.passes=[2]", "space.max_macs=1000000"),
    *("assignment.enabled=false", "space.multipliers=['mul8u_or8_v6', 'mul8u_trunc_a4_w4']"),
)


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    config = load_config(preset="digits", settings=SETTINGS)
    path = tmp_path_factory.mktemp("runs") / "small"
    made = create_run(path, config, make_ranking(make_problem(config), config))
    with pytest.MonkeyPatch.context() as patch:
        # TensorFlow runs already, with the threads that it has.
        patch.setattr("evoapproxnas.problems.cnn.common.deterministic", lambda threads: None)
        run_campaign(made, InlineExecutor(), Recorder())
    keras.utils.clear_session(free_memory=False)
    return made


@pytest.fixture(scope="session")
def member(run):
    """A member of the front; all convolutions of the run are approximate."""
    return run.front()["id"][0]
