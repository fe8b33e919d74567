"""What the benchmarks print above their figures."""

from typing import Any

from evoapproxnas.cli.output import say


def print_machine(machine: dict[str, Any]) -> None:
    """Print hardware, software and load as lines of a name and a value."""
    for key, value in machine.items():
        if isinstance(value, dict):
            value = ", ".join(f"{name} {version}" for name, version in value.items() if version)
        text = ", ".join(value) if isinstance(value, list) else str(value)
        say(f"{key:>18}  {text or '-'}")
