"""What commands show while ZigZag works in the background."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from evoapproxnas.cli.output import Terminal, say

if TYPE_CHECKING:
    from evoapproxnas.bench.hardware import ZigzagRuns

_EVERY = 10
"""Results for which there is a line where the output is no terminal."""


def wait_for_zigzag(runs: "ZigzagRuns") -> None:
    """Show how far ZigZag is, on standard error, until it is done; say what has no figure.

    Interrupted, it goes on there next time.
    """
    total = len(runs.waiting)
    if not total:
        return
    terminal = Terminal(stderr=True)
    if terminal.is_terminal:
        _bar(runs, total, terminal)
    else:
        for done, _ in enumerate(runs.completed(), start=1):
            if done % _EVERY == 0 or done == total:
                say(f"ZigZag {runs.version}: {done} of {total} layers", to=terminal)
    for (shape, accelerator), reason in runs.failed.items():
        say(f"no figure of ZigZag for {shape} on {accelerator.name}: {reason}", to=terminal)


def _bar(runs: "ZigzagRuns", total: int, terminal: Terminal) -> None:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=terminal, transient=True) as bar:
        done: Iterable[object] = runs.completed()
        for _ in bar.track(done, total=total, description=f"ZigZag {runs.version}"):
            pass
