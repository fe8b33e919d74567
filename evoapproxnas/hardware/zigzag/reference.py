"""ZigZag behind the interface of `layer_cost`, with what it found before."""

from functools import lru_cache
from importlib import import_module, metadata
from importlib.util import find_spec

from evoapproxnas.errors import EnvironmentBroken
from evoapproxnas.hardware.accelerators import Accelerator, LayerCost, Shape
from evoapproxnas.hardware.zigzag.cache import ZigzagCache

_DISTRIBUTION = "zigzag-dse"
_PACKAGES = ("zigzag", "six")
"""Imported by it; it needs six, and does not say so."""


def missing_zigzag() -> str | None:
    """Say why ZigZag cannot be used here; None where it can."""
    missing = [name for name in _PACKAGES if find_spec(name) is None]
    if not missing and _version() is None:
        missing = [_DISTRIBUTION]
    if not missing:
        return None
    return f"{' and '.join(missing)} not installed; pip install 'evoapproxnas[zigzag]'"


def require_zigzag() -> str:
    """Return the version of ZigZag.

    Raises:
        EnvironmentBroken: if it is not installed, with the command that does so.
    """
    version, missing = _version(), missing_zigzag()
    if version is None or missing is not None:
        raise EnvironmentBroken(
            f"figures of ZigZag need its packages: {missing}; the analytic model needs none"
        )
    return version


def _version() -> str | None:
    try:
        return metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return None


def evaluate_layer(shape: Shape, accelerator: Accelerator) -> LayerCost:
    """Let ZigZag search, whatever it found before; takes seconds.

    Args:
        shape: of the layer.
        accelerator: that it runs on.

    Returns:
        Energy and cycles of the best order that it found.

    Raises:
        EnvironmentBroken: if it is not installed.
        ConfigError: if no order of the loops fits the memories.
    """
    require_zigzag()
    cost: LayerCost = import_module(f"{__package__}.evaluation").evaluate(shape, accelerator)
    return cost


def zigzag_layer_cost(
    shape: Shape, accelerator: Accelerator, *, cache: ZigzagCache | None = None
) -> LayerCost:
    """Return what ZigZag finds for a layer on an accelerator, from the cache where it can be.

    Args:
        shape: of the layer.
        accelerator: what it runs on.
        cache: of its results; that of the user unless one is given.

    Raises:
        EnvironmentBroken: if it is not installed.
        ConfigError: if no order of the loops fits the memories.
    """
    kept = cache or _users_cache(require_zigzag())
    cost = kept.get(shape, accelerator)
    if cost is None:
        cost = evaluate_layer(shape, accelerator)
        kept.put(shape, accelerator, cost)
    return cost


@lru_cache(maxsize=1)
def _users_cache(version: str) -> ZigzagCache:
    return ZigzagCache(version)
