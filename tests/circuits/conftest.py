import pytest

from evoapproxnas.circuits import Netlist
from evoapproxnas.circuits.generators import exact_multiplier


@pytest.fixture(scope="session")
def exact() -> Netlist:
    return exact_multiplier("dadda")
