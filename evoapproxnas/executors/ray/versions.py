"""What a node must agree on with the campaign before it gets any work."""

import hashlib
import platform
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from evoapproxnas.version import __version__

_PACKAGES = ("tensorflow", "keras", "numpy")
_DIGITS = 12


@cache
def versions() -> dict[str, str]:
    """Versions by name, of this process' installation; nothing of it is imported."""
    found = {"Python": platform.python_version(), "evoapproxnas": __version__}
    found["evoapproxnas source"] = _source_digest()
    return found | {package: _version(package) for package in _PACKAGES}


def differences(here: Any, there: Any) -> str:
    """Say in which entries two mappings of versions or digests differ; empty if in none."""
    if not (isinstance(here, Mapping) and isinstance(there, Mapping)):
        return "" if here == there else f"{there!r} there, {here!r} here"
    told = (
        f"{name} {there.get(name, 'unknown')} there, {here.get(name, 'unknown')} here"
        for name in sorted({*here, *there})
        if here.get(name) != there.get(name)
    )
    return "; ".join(told)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _source_digest() -> str:
    """Of all modules of this package: between releases its version stays the same."""
    root = Path(__file__).parents[2]
    sha = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        sha.update(f"{path.relative_to(root)} ".encode() + path.read_bytes())
    return sha.hexdigest()[:_DIGITS]
