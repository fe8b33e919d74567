"""How much commands say: -q results and errors only, -v every candidate, and whole tracebacks.

Every command has both options, and so has the program before the name of a command.
"""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from evoapproxnas.errors import EvoApproxNASError


class Level(IntEnum):
    """How much is said."""

    QUIET = 0
    NORMAL = 1
    VERBOSE = 2


Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Say more: every candidate, tracebacks of failures."),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say less: results and errors, no progress.")
]

_LEVEL: ContextVar[Level] = ContextVar("level", default=Level.NORMAL)


def level() -> Level:
    """Return how much the command that runs is to say."""
    return _LEVEL.get()


@contextmanager
def speaking(*, verbose: bool, quiet: bool) -> Iterator[None]:
    """Say so much while the context is open; where neither is given, as much as around it.

    Raises:
        typer.BadParameter: if both are given.
    """
    if verbose and quiet:
        raise typer.BadParameter("choose one of --verbose and --quiet, got both")
    chosen = Level.VERBOSE if verbose else Level.QUIET if quiet else level()
    token = _LEVEL.set(chosen)
    try:
        yield
    except EvoApproxNASError:
        if verbose:
            traceback.print_exc(file=sys.stderr)
        raise
    finally:
        _LEVEL.reset(token)


def with_verbosity(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the two options; they come last among its own."""

    @wraps(command)
    def told(*, verbose: bool, quiet: bool, **values: Any) -> Any:
        with speaking(verbose=verbose, quiet=quiet):
            return command(**values)

    own = signature(command)
    more = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=False, annotation=annotation)
        for name, annotation in (("verbose", Verbose), ("quiet", Quiet))
    ]
    vars(told)["__signature__"] = own.replace(parameters=[*own.parameters.values(), *more])
    told.__annotations__ = {**command.__annotations__, "verbose": Verbose, "quiet": Quiet}
    return told
