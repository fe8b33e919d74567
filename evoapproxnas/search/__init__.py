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

How a campaign goes:

- A generation of candidates is proposed, evaluated on the first of the training budgets
  (`rungs.passes`), and the best fronts of it on the next ones; a training that is promoted goes on
  from its own weights. With `inheritance.match_parents` a parent that a child beats is trained for
  as long as the child's whole lineage was, then compared again.
- A child begins with its parent's weights and a part of the learning rate (`inheritance`), and
  takes over what its parent was chosen by (multipliers, an accelerator). What needs no training to
  know is not trained: known phenotypes, children that differ in multipliers alone, what breaks a
  limit, what could not enter the front at any accuracy; all of it is counted.
- The first generation is `--init` (networks of the zoo, fronts of runs with their weights, files),
  completed by variations of these with `search.fill=vary`, by draws otherwise. With
  `inheritance.init_first` what has no weights yet is trained to the last rung before, and the
  variations begin with its weights.
- `search.adapt_rates=true` uses operators more often whose children survive, and
  `search.shrink_every=N` drops the worst value of every parameter every N generations.
- What a candidate does wrong (it diverges, takes too long, crashes its worker) is a `Failure`,
  and the campaign goes on; what no candidate could escape (a full disk, a missing package) stops
  it, and `resume` does that again. A run goes on with the configuration it was made with, but for
  generations, evaluations, hours and workers.
- In steady mode no worker waits for the end of a generation: whenever a step finishes, the next is
  chosen by all that is known, a promotion (asynchronous successive halving) or a new candidate.
  Which candidates there are then depends on who finishes first; such a run cannot be repeated.
- The end says how well rungs agree on candidates, overall and among those of equal MACs.

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
