import importlib.util

import pytest

from evoapproxnas.errors import EnvironmentBroken, UnknownNameError
from evoapproxnas.hardware.latency.runtimes import get_runtime, require_runtime


def test_another_name_is_said():
    with pytest.raises(UnknownNameError, match="did you mean 'litert'"):
        get_runtime("liteRT", threads=1)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "evoapproxnas.hardware.latency.runtimes.find_spec",
        lambda name: None if name == "ai_edge_litert" else importlib.util.find_spec(name),
    )
    with pytest.raises(EnvironmentBroken, match=r"pip install 'evoapproxnas\[litert\]'"):
        require_runtime("litert")
    require_runtime("tensorflow")
