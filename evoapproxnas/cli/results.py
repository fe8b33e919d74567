"""`show` and `plot`: what runs found."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoapproxnas.cli.finalize import print_finished
from evoapproxnas.cli.options import AsJson, RunName, RunNames, RunsDir
from evoapproxnas.cli.output import print_table, say
from evoapproxnas.wording import several

if TYPE_CHECKING:
    import pandas as pd

    from evoapproxnas.store import Run


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(show)
    app.command()(plot)


def show(
    name: RunName,
    candidate: Annotated[str | None, typer.Argument(help="Id such as g03-05.")] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Every candidate, not the front.")] = False,
    failures: Annotated[bool, typer.Option(help="Failed candidates and why.")] = False,
    rungs: Annotated[bool, typer.Option(help="How well rungs agree on candidates.")] = False,
    finished: Annotated[bool, typer.Option("--finished", help="What finalize made.")] = False,
    as_json: AsJson = False,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Print the Pareto front of a run, or one candidate's network.

    Example: python -m evoapproxnas show NAME g03-05
    """
    from evoapproxnas.store import load_run

    asked = {"--all": all_, "--failures": failures, "--rungs": rungs, "--finished": finished}
    given = [*([candidate] if candidate else []), *(flag for flag, on in asked.items() if on)]
    if len(given) > 1:
        raise typer.BadParameter(
            f"each shows a thing of its own: choose one of {', '.join(given)}"
        )
    run = load_run(runs_dir / name, read_only=True)
    if candidate is not None:
        _print_candidate(run, candidate, as_json=as_json)
    elif finished:
        print_finished(run.finished(), run, as_json=as_json)
    elif failures:
        _print_any(run.failures(), none=f"no candidate of {run.name} failed", as_json=as_json)
    elif rungs:
        none = f"no candidate of {run.name} was trained to two rungs" + (
            "" if run.config.rungs.passes else ": it has none (rungs.passes)"
        )
        _print_any(run.rung_agreement(), none=none, as_json=as_json)
    elif all_:
        print_table(run.evaluations(), as_json=as_json)
    else:
        print_front(run, as_json=as_json)
        if not as_json:
            print_work(run)


def _print_any(table: "pd.DataFrame", *, none: str, as_json: bool) -> None:
    """Print a table, or say that there is nothing in it."""
    if len(table) or as_json:
        print_table(table, as_json=as_json)
    else:
        say(none)


def _print_candidate(run: "Run", candidate: str, *, as_json: bool) -> None:
    """Print what a candidate means, or one of its points, and the figures of its points."""
    points = run.evaluations()
    own = points[(points["id"] == candidate) | points["id"].str.startswith(f"{candidate}-")]
    if as_json:
        means = (
            run.network(candidate).to_dict()
            if _of_networks(run)
            else json.loads(run.meaning(candidate))
        )
        rows = json.loads(own.to_json(orient="records"))
        print(json.dumps({"id": candidate, "meaning": means, "points": rows}, indent=2))
        return
    say(run.network(candidate).summary() if _of_networks(run) else run.meaning(candidate))
    _print_points(run, own)


def _print_points(run: "Run", own: "pd.DataFrame") -> None:
    """Print on what accelerators points are, and their system and multiplier energy."""
    from evoapproxnas.config import MULTIPLIER_ENERGY, SYSTEM_FIGURES

    if "accelerator" not in own:
        return
    names = dict.fromkeys(
        [*run.ranking.directions, *SYSTEM_FIGURES, MULTIPLIER_ENERGY, "accelerator"]
    )
    if len(own):
        say("")
        print_table(own[["id", *(n for n in names if n in own)]], as_json=False)


def _of_networks(run: "Run") -> bool:
    return run.config.problem == "cnn"


def plot(
    names: RunNames,
    *,
    output: Annotated[Path | None, typer.Option("-o", help="PNG, SVG or PDF file.")] = None,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Draw the fronts of runs; those of CNNs with float and exact 8-bit baselines.

    Example: python -m evoapproxnas plot NAME OTHER -o fronts.svg
    """
    from evoapproxnas.report import save_front_figure
    from evoapproxnas.store import load_run

    runs = [load_run(runs_dir / name, read_only=True) for name in names]
    target = output or runs[0].path / "pareto.png"
    save_front_figure(runs, target)
    say(str(target))


def print_front(run: "Run", *, as_json: bool) -> None:
    """Print a run's front: everything as JSON, the telling columns as a table."""
    front = run.front()
    if as_json:
        print_table(front, as_json=True)
        return
    from evoapproxnas.report.front import front_overview
    from evoapproxnas.store.limits import beyond_limits

    done = run.database.generations()
    last = f"generation {done[-1].generation}" if done else "before the first generation"
    title = f"Pareto front of {run.name}: {several(len(front), 'network')}, {last}"
    print_table(front_overview(front), as_json=False, title=title)
    if beyond := beyond_limits(run):
        say(f"This is no front yet: {beyond}.")


def print_work(run: "Run") -> None:
    """Print what a run took, and how well its rungs agree."""
    from evoapproxnas.cli.counting import agreement_told, work_told

    counts = run.database.counts()
    work = ", ".join(work_told(counts)) or "none had to be trained"
    say(f"{several(counts.done, 'candidate')}: {work}")
    for row in run.rung_agreement().to_dict("records"):
        say(f"{row['rung']:g} and {several(row['next'], 'pass')}: {agreement_told(row)}")
