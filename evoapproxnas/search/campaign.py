"""The campaign: propose, evaluate, select, record, until a stop rule holds.

`generational` and `steady` are the loops; `session` is what both work with.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Protocol

from evoapproxnas.errors import EvoApproxNASError
from evoapproxnas.executors import Executor
from evoapproxnas.files import let_go
from evoapproxnas.problems import Problem, make_problem
from evoapproxnas.search.generational import Generational
from evoapproxnas.search.inputs import check_inputs
from evoapproxnas.search.observer import Observer
from evoapproxnas.search.recorder import Recorder
from evoapproxnas.search.session import Session
from evoapproxnas.search.steady import Steady
from evoapproxnas.store import Run

_log = logging.getLogger("evoapproxnas")


class Loop(Protocol):
    """Decides what is evaluated, and when."""

    def run(self) -> str:
        """Search until a stop rule holds; return which, in words."""


LOOPS: dict[str, Callable[[Session], Loop]] = {"generational": Generational, "steady": Steady}
"""By `search.mode`."""


def run_campaign(
    run: Run, executor: Executor, observer: Observer, *, problem: Problem | None = None
) -> None:
    """Run, or continue, a campaign to its end.

    Args:
        run: a new or an existing run; taken for writing meanwhile.
        executor: evaluates candidates; closed at the end, also after an interruption.
        observer: is told what happens.
        problem: what is searched; None makes the one that the run names.

    Raises:
        ConfigError: if the run cannot go on with another configuration than it had.
        StoreError: if the run cannot be written, or was made by a search that behaved otherwise.
        EnvironmentBroken: if nothing can be evaluated here; nothing is recorded as failed by it.
        EvoApproxNASError: what else no candidate could escape, such as a missing data set.
    """
    with ExitStack() as ending:
        ending.callback(executor.close)
        ending.callback(let_go, run.lock())
        run.check_acceptable()
        executor.start()
        recorder = Recorder(run)
        ending.callback(recorder.end)
        try:
            problem = problem or make_problem(run.config)
            check_inputs(run, problem)
            session = Session(run, problem, recorder, executor, observer)
            session.begin()
            session.finish(LOOPS[run.config.search.mode](session).run())
        except EvoApproxNASError as error:
            if recorder.begun:  # Else there is no log of the run yet, and it is said once.
                _log.error("stopped: %s", error)
            raise
