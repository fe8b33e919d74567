import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.report.data.axes import axes_of, axis_of, common_objectives


def test_figures_have_words_units_and_a_direction():
    assert axis_of("error").label == "validation error (%)"
    assert axis_of("test_exact8_accuracy").label == "test accuracy, exact 8-bit (%)"
    assert axis_of("test_exact8_accuracy").direction == "max"
    assert axis_of("raspi4_latency_ms").label == "raspi4 latency (ms)"
    assert axis_of("some_thing").label == "some thing"


def test_objectives_of_runs_decide_what_is_better(three):
    assert axis_of("spare").direction == "min"
    assert axis_of("spare", [three]).direction == "max"


def test_runs_need_common_objectives(seeds, networks, three):
    assert common_objectives([*seeds, three]) == ["error", "cost"]
    with pytest.raises(ConfigError, match="other objectives .*networks: error, energy_nj"):
        common_objectives([seeds[0], networks])
    with pytest.raises(ConfigError, match="did you mean 'cost'"):
        axes_of(["error", "cots"], seeds, ["error", "cost"])
    with pytest.raises(ConfigError, match="different objectives"):
        axes_of(["cost", "cost"], seeds, ["error", "cost"])
