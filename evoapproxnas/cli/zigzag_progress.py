"""What commands show while ZigZag works in the background."""

from typing import TYPE_CHECKING

from evoapproxnas.cli.output import Terminal, note
from evoapproxnas.cli.stages import Stages

if TYPE_CHECKING:
    from evoapproxnas.bench.hardware import ZigzagRuns


def wait_for_zigzag(runs: "ZigzagRuns") -> None:
    """Show how far ZigZag is, on standard error, until it is done; say what has no figure.

    Interrupted, it goes on there next time.
    """
    terminal, total = Terminal(stderr=True), len(runs.waiting)
    with Stages(terminal) as stages:
        for done, (_, accelerator) in enumerate(runs.completed(), start=1):
            stages.advance(f"ZigZag {runs.version}", accelerator.name, done, total)
    for (shape, accelerator), reason in runs.failed.items():
        note(f"no figure of ZigZag for {shape} on {accelerator.name}: {reason}", to=terminal)
