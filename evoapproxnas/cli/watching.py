"""Who watches a campaign or a finish: nobody, a terminal, or whatever reads lines.

The choice is made, and the first sign of life given, before anything heavy is imported.
"""

from rich.console import Console

from evoapproxnas.cli.live import LiveBoard
from evoapproxnas.cli.output import is_live
from evoapproxnas.cli.progress import Lines
from evoapproxnas.cli.verbosity import Level, level


def watch(console: Console, *, doing: str, then: str) -> Lines:
    """Choose the observer that suits where the output goes; use it in a `with` block.

    Args:
        console: where the output goes.
        doing: what goes on at first, in words.
        then: what goes on from the first message on.
    """
    live = is_live(console) and level() > Level.QUIET
    return (LiveBoard if live else Lines)(console, doing=doing, then=then)
