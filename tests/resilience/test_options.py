import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.nsga2_arrays import Evolution
from evoapproxnas.resilience.assignment_records import AssignOptions
from evoapproxnas.resilience.options import with_changes
from evoapproxnas.resilience.sweep_records import SweepOptions


@pytest.mark.parametrize("options", [SweepOptions(), AssignOptions()])
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"images": 0}, "images must be a positive integer, got 0"),
        ({"images": 1.5}, "images must be a positive integer, got 1.5"),
        ({"calibration_images": "a"}, "calibration_images must be"),
        ({"pixel_scale": 0}, "pixel_scale must be a positive number, got 0"),
        ({"pixel_scale": float("nan")}, "pixel_scale must be"),
        ({"multipliers": 3}, "multipliers are names, patterns, .* got 3"),
        ({"multipliers": ["exact8", None]}, "got None"),
        ({"quantization": "affine"}, "quantization must be a Quantization, got 'affine'"),
    ],
)
def test_numbers_that_cannot_be_used_are_refused(options, values, message):
    with pytest.raises(ConfigError, match=message):
        with_changes(options, values)


@pytest.mark.parametrize("options", [SweepOptions(), AssignOptions()])
def test_one_width_is_given_as_it_is_or_as_one_of_several(options):
    assert with_changes(options, {"bits": 6}).bits == (6,)
    assert with_changes(options, {"bits": ["a6w4", 5]}).bits == ("a6w4", 5)


def test_options_are_not_anything():
    with pytest.raises(ConfigError, match="options must be SweepOptions or AssignOptions, got 3"):
        with_changes(3, {})


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"screen": 0}, "screen must be a positive integer"),
        ({"screen_margin": "x"}, "screen_margin must be a number"),
        ({"corrections": "on"}, "corrections are True, False or both"),
    ],
)
def test_a_sweep_needs_a_screen_and_corrections_of_their_kind(values, message):
    with pytest.raises(ConfigError, match=message):
        SweepOptions(**values)


def test_the_size_of_an_evolution_may_be_a_mapping():
    options = AssignOptions(evolution={"population": 20})
    assert options.evolution == Evolution(20, Evolution().generations)


@pytest.mark.parametrize(
    ("evolution", "message"),
    [
        ({"populaton": 20}, "did you mean 'population'"),
        ({"population": "many"}, "population must be an integer of at least 4, got 'many'"),
        ({"generations": 0}, "generations must be a positive integer, got 0"),
        (30, "evolution must be a mapping with population and generations, got 30"),
    ],
)
def test_the_size_of_an_evolution_is_checked(evolution, message):
    with pytest.raises(ConfigError, match=message):
        AssignOptions(evolution=evolution)


@pytest.mark.parametrize(
    "values",
    [
        {"max_loss_points": "x"},
        {"time_limit_seconds": -1.0},
        {"rounds": 0},
        {"verify": -1},
        {"seed": "x"},
    ],
)
def test_an_assignment_needs_rounds_and_a_seed(values):
    with pytest.raises(ConfigError, match=f"{next(iter(values))} must be"):
        AssignOptions(**values)
