"""`doctor`: what this machine has, and what to install."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from evoapproxnas.cli.options import AsJson
from evoapproxnas.cli.output import say
from evoapproxnas.cli.quiet import start_tensorflow_quietly

if TYPE_CHECKING:
    from evoapproxnas.bench.doctor import Finding


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(doctor)


def doctor(*, as_json: AsJson = False) -> None:
    """Say what this machine has, what it lacks, and what to install.

    Processor, kernels and what each lacks, threads, GPU, data sets, multipliers, extras. A star
    marks what is missing; a campaign needs none of it.

    Example: python -m evoapproxnas doctor --json
    """
    from evoapproxnas.bench.doctor import examine

    found = []
    for section in examine(start_tensorflow_quietly):
        found += section
        if not as_json:
            _print(section)
    if as_json:
        print(json.dumps([asdict(finding) for finding in found], indent=2))


def _print(section: "list[Finding]") -> None:
    """Print a section under its name; what is missing has a star, and below it what to do."""
    if section:
        say(section[0].section, style="bold")
    for finding in section:
        say(f"{' ' if finding.fine else '*'} {finding.name:<18} {finding.found}")
        if finding.advice:
            say(f"  {'':<18} {finding.advice}", style="dim")
