import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.resilience.choices import choose_multipliers


def test_no_multipliers_are_told_from_those_of_another_signedness() -> None:
    with pytest.raises(ConfigError, match="expected at least one multiplier"):
        choose_multipliers([], signed=False)
    with pytest.raises(ConfigError, match="none of the multipliers mul8s_exact is unsigned"):
        choose_multipliers(["mul8s_exact"], signed=False)
