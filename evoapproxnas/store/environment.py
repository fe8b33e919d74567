"""Where a run was made: versions, processor, operating system, source revision."""

import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

from evoapproxnas.processor import processor_name
from evoapproxnas.version import __version__

_PACKAGES = ("numpy", "tensorflow", "keras", "numba", "deap", "ariths-gen")


def describe_environment() -> dict[str, Any]:
    """Collect what somebody needs to judge or repeat a run, ready for JSON."""
    return {
        "python": platform.python_version(),
        "packages": {"evoapproxnas": __version__} | {name: _version(name) for name in _PACKAGES},
        "system": platform.platform(),
        "processor": processor_name(),
        "cores": psutil.cpu_count(logical=False),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "git": _git_revision(),
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _git_revision() -> str | None:
    """Revision of the checkout this package runs from, with `-dirty` for local changes."""
    checkout = Path(__file__).parents[2]
    if not (checkout / ".git").exists():
        return None
    command = ["git", "-C", str(checkout), "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
