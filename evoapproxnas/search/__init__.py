"""The search: a campaign over any `Problem`. Nothing here knows networks or multipliers.

campaign     propose, evaluate, select, record, until a stop rule holds
generational, steady   its loops; session: what both work with
algorithms   what proposes candidates and selects among them, NSGA-II by default
proposing    candidates with a place in the run, drawn or varied
evaluating   from candidates to outcomes
ledger       what is known so far, in memory; archive: its front
recorder     what is written, and what earlier sessions wrote
selection    NSGA-II's selection (the only user of DEAP)
stop         stop rules
pace         how long the rest takes
trial        a dry run
ending       the page of a run, once its campaign is over
observer     what a campaign tells whoever watches
api          `search`, a campaign in one call, and `go_on`, which resumes it
finish       `finalize`: members of the front trained for long and fine-tuned
contribution which members are worth most

`ea.search(config)` is the function, and `evoapproxnas.search` this package, which is therefore
called like the function.
"""

import sys
from types import ModuleType
from typing import Any

from evoapproxnas.search.api import DEFAULT_PRESET, check_searchable, free_name, go_on, search
from evoapproxnas.search.campaign import run_campaign
from evoapproxnas.search.finish import finalize
from evoapproxnas.search.observer import Observer, Progress, Silent
from evoapproxnas.search.trial import Forecast, dry_run
from evoapproxnas.store import Run

__all__ = [
    "DEFAULT_PRESET",
    "Forecast",
    "Observer",
    "Progress",
    "Silent",
    "check_searchable",
    "dry_run",
    "finalize",
    "free_name",
    "go_on",
    "run_campaign",
    "search",
]


class _CallablePackage(ModuleType):
    """Python puts a package where `ea.search` is looked up; calling it calls the function."""

    def __call__(self, *args: Any, **kwargs: Any) -> Run:
        return search(*args, **kwargs)


sys.modules[__name__].__class__ = _CallablePackage
