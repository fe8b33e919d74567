import numpy as np
import pytest

from evoapproxnas.errors import ConfigError, MultiplierError, UnknownNameError
from evoapproxnas.multipliers import add_multiplier, generate_multiplier, load_library
from evoapproxnas.multipliers.user_library import ENVIRONMENT
from evoapproxnas.problems import Parent
from evoapproxnas.problems.cnn.population import (
    initial_candidates,
    make_space,
    vary,
)
from tests.fakes import tiny_config


def test_offspring_differ_from_their_parent():
    config = tiny_config()
    space = make_space(config)
    for parent in initial_candidates(space, 0, 0, 6):
        draft = vary(
            space, config.search, (Parent(parent), Parent(parent)), np.random.default_rng(0)
        )
        assert draft.key != parent.key
        assert draft.parents_used == 1


def test_crossover_uses_two_parents():
    config = tiny_config("search.crossover_rate=1.0")
    space = make_space(config)
    parents = initial_candidates(space, 0, 0, 2)
    assert (
        vary(
            space, config.search, [Parent(p) for p in parents], np.random.default_rng(0)
        ).parents_used
        == 2
    )


def test_multipliers_must_exist_and_suit_the_weight_scheme():
    with pytest.raises(UnknownNameError, match="mul8x"):
        make_space(tiny_config("space.multipliers=['mul8x_*']"))
    with pytest.raises(ConfigError, match="needs signed multipliers"):
        make_space(tiny_config("quantization.weight_scheme=symmetric"))


def test_a_run_may_bring_its_own_library(tmp_path, monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path / "none"))
    add_multiplier(*generate_multiplier("drum", {"segment": 4}), library=tmp_path / "lib")
    chosen = "space.multipliers=['mul8u_drum_k4', 'mul8u_exact_a4w4']"
    with pytest.raises(UnknownNameError, match="mul8u_drum_k4"):
        make_space(tiny_config(chosen))
    make_space(tiny_config(chosen, f"space.library='{tmp_path / 'lib'}'"))
    assert "mul8u_drum_k4" in load_library()  # layers find it too, as do worker processes
    with pytest.raises(MultiplierError, match="cannot read the catalog"):
        make_space(tiny_config(f"space.library='{tmp_path}'"))
