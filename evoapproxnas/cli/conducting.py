"""A campaign from its first sign of life to its last line, for `run` and `resume`."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from evoapproxnas.cli.commands import INTERRUPTED
from evoapproxnas.cli.finalize import finish_run
from evoapproxnas.cli.output import console, say
from evoapproxnas.cli.quiet import get_ready_inline
from evoapproxnas.errors import NothingFound, command

if TYPE_CHECKING:
    from evoapproxnas.config import RunConfig
    from evoapproxnas.search import Observer
    from evoapproxnas.store import Run


@dataclass(frozen=True)
class Campaign:
    """What is to be done.

    Attributes:
        path: of the run, which need not be there yet.
        config: of the run.
        work: does it, telling an observer.
    """

    path: Path
    config: "RunConfig"
    work: "Callable[[Observer], Run]"


def conduct(prepare: Callable[[], Campaign], *, finalize: bool) -> None:
    """Prepare a campaign, show it while it runs, and print what it found.

    Args:
        prepare: makes it; may take its time and import what it wants.
        finalize: finish members of its front, too.

    Raises:
        typer.Exit: if it was interrupted.
        NothingFound: if no candidate has figures.
    """
    from evoapproxnas.cli.watching import watch

    path: Path | None = None
    try:
        with watch(
            console,
            doing="preparing the campaign",
            then="waiting for the first result; workers are starting",
        ) as observer:
            campaign = prepare()
            path = campaign.path
            _get_ready(campaign.config, finalize=finalize)
            run = campaign.work(observer)
    except KeyboardInterrupt:
        _say_how_to_go_on(path)
        raise typer.Exit(INTERRUPTED) from None
    _show_results(run)
    if finalize:
        finish_run(run, {}, {})


def _get_ready(config: "RunConfig", *, finalize: bool) -> None:
    from evoapproxnas.problems import make_finisher

    if finalize:
        make_finisher(config)  # What cannot be finished is refused before hours of search.
    get_ready_inline(config)


def _say_how_to_go_on(path: Path | None) -> None:
    if path is None or not path.is_dir():
        say("interrupted before there was a run; nothing was written")
        return
    again = command("resume", path.name, runs_dir=path.parent)
    say(f"interrupted; nothing is lost. Continue with: {again}")


def _show_results(run: "Run") -> None:
    from evoapproxnas.cli.results import print_front, print_work
    from evoapproxnas.report import save_front_figure

    _check_found(run)
    save_front_figure([run], run.path / "pareto.png")
    print_front(run, as_json=False)
    print_work(run)
    more = ", models/ID.keras" if run.config.problem == "cnn" else ""
    say(f"\n{run.path}/front.csv, pareto.png, report.html{more}")


def _check_found(run: "Run") -> None:
    """Refuse a run that ended without figures, whatever for.

    Raises:
        NothingFound: saying what most candidates lack figures for.
    """
    if run.database.evaluations():
        return
    failures = run.failures()
    if failures.empty:
        raise NothingFound(
            f"{run.path} ended before any candidate was evaluated; raise its limits"
        )
    (reason, count), *_ = Counter(failures["reason"]).most_common(1)
    rejected = int((failures["kind"] == "rejected").sum())
    parts = [(len(failures) - rejected, "failed"), (rejected, "were beyond a limit")]
    told = " and ".join(f"{number} {what}" for number, what in parts if number)
    see = command("show", run.name, "--failures", runs_dir=run.path.parent)
    raise NothingFound(
        f"no candidate of {run.path} has figures: {told}, {count} of them because: {reason}; "
        f"see all with: {see}"
    )
