"""What is done once a campaign, or a finish, is over: the page of the run is written.

The page belongs to a layer above the search, which knows it by its name only.
"""

import logging

from evoapproxnas.errors import command
from evoapproxnas.extensions import imported
from evoapproxnas.search.observer import Observer
from evoapproxnas.store import Run

_log = logging.getLogger("evoapproxnas")

PAGE = "evoapproxnas.report.page:write_run_page"
"""`module:attribute` of what writes the page of a run into its folder."""


def write_page(run: Run, observer: Observer) -> None:
    """Write the page of a run; if that fails, say so: all of the run is kept already.

    Args:
        run: whose campaign is over.
        observer: is told of a failure.
    """
    try:
        imported(PAGE)(run)
    except Exception as error:  # Hours of search must not end in a traceback of what shows them.
        _log.debug("no page", exc_info=True)
        again = command("report", run.name, runs_dir=run.path.parent)
        told = f"{type(error).__name__}: {error}"
        observer.message(f"the page could not be written ({told}); try again with: {again}")
