import pytest

from evoapproxnas.errors import ConfigError, MultiplierError, UnknownNameError
from evoapproxnas.multipliers import add_multiplier, generate_multiplier, load_library
from evoapproxnas.multipliers.user_library import ENVIRONMENT
from evoapproxnas.problems.cnn.population import (
    initial_candidates,
    make_space,
    offspring_candidates,
)
from evoapproxnas.records import CandidateId
from tests.fakes import tiny_config


def test_offspring_differ_from_their_parent_and_name_it():
    config = tiny_config()
    space = make_space(config)
    parents = {c.id: c for c in initial_candidates(space, 0, 0, 6)}
    pairs = [(parent, parent) for parent in parents.values()]
    offspring = offspring_candidates(space, config, 1, pairs, seen=())
    assert [c.id for c in offspring] == [CandidateId(1, i) for i in range(6)]
    for child in offspring:
        (parent,) = child.parents
        assert child.key != parents[parent].key


def test_crossover_names_two_parents():
    config = tiny_config("search.crossover_rate=1.0")
    space = make_space(config)
    first, second = initial_candidates(space, 0, 0, 2)
    offspring = offspring_candidates(space, config, 1, [(first, second)] * 3, seen=())
    assert all(len(child.parents) == 2 for child in offspring)


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


def test_offspring_are_new_to_the_run():
    config = tiny_config("space.multipliers=['mul8u_exact', 'mul8u_bam_h0_v7']")
    space = make_space(config)
    (parent,) = initial_candidates(space, 0, 0, 1)
    pairs = [(parent, parent)] * 6
    first = offspring_candidates(space, config, 1, pairs, seen=())
    seen = {child.key for child in first}
    again = offspring_candidates(space, config, 1, pairs, seen)
    assert len(seen) == len(first)
    assert not seen & {child.key for child in again}
