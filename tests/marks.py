"""Marks of tests that need what not everybody has."""

from importlib.util import find_spec
from shutil import which

import pytest

needs_ray = pytest.mark.skipif(
    find_spec("ray") is None, reason="Ray is not installed: pip install '.[ray]'"
)
needs_iverilog = pytest.mark.skipif(
    which("iverilog") is None or which("vvp") is None,
    reason="Icarus Verilog is not installed: apt-get install iverilog",
)
needs_optuna = pytest.mark.skipif(
    find_spec("optuna") is None, reason="Optuna is not installed: pip install '.[optuna]'"
)

needs_torch = pytest.mark.skipif(
    find_spec("torch") is None, reason="PyTorch is not installed: pip install '.[optuna-gp]'"
)
