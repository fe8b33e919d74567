import pytest

from evoapproxnas.errors import ConfigError
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
    ],
)
def test_numbers_that_cannot_be_used_are_refused(options, values, message):
    with pytest.raises(ConfigError, match=message):
        with_changes(options, values)


@pytest.mark.parametrize("values", [{"rounds": 0}, {"verify": -1}, {"seed": "x"}])
def test_an_assignment_needs_rounds_and_a_seed(values):
    with pytest.raises(ConfigError, match=f"{next(iter(values))} must be"):
        AssignOptions(**values)
