"""`finalize`: members of a front trained for long, assigned again and fine-tuned."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evoapproxnas.cli.commands import INTERRUPTED
from evoapproxnas.cli.options import (
    AsJson,
    DataDir,
    ExecutorName,
    RayAddress,
    RunName,
    RunsDir,
    Workers,
    data_options,
    execution_options,
)
from evoapproxnas.cli.output import Terminal, console, print_table, say
from evoapproxnas.cli.quiet import get_ready_inline
from evoapproxnas.errors import ConfigError, command
from evoapproxnas.wording import several

if TYPE_CHECKING:
    import pandas as pd

    from evoapproxnas.search import Observer
    from evoapproxnas.store import Run

_TELLING = (
    *("id", "kind", "test_accuracy", "energy_nj", "mmac_equivalents", "relative_energy"),
    *("loss_points", "exact8_accuracy", "float_accuracy", "exact_bits", "exact_bits_accuracy"),
    *("passes", "seconds", "seed", "test_images"),
)
"""Columns of the table, where they are known; --json has all."""


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(finalize)


def finalize(
    name: RunName,
    *,
    top: Annotated[
        int | None,
        typer.Option(min=1, help="How many architectures, by hypervolume contribution."),
    ] = None,
    member: Annotated[
        list[str] | None,
        typer.Option(help="Id of a front member, in their place; may be repeated."),
    ] = None,
    passes: Annotated[
        int | None, typer.Option(min=1, help="Over all training images, of the training.")
    ] = None,
    finetune_passes: Annotated[
        int | None, typer.Option(min=1, help="Likewise of fine-tuning, through the multipliers.")
    ] = None,
    gradient: Annotated[
        str | None, typer.Option(help="ste or table: slope of a product in fine-tuning.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="finish.key=value or execution.key=value; may be repeated."),
    ] = None,
    data_dir: DataDir = None,
    workers: Workers = None,
    executor: ExecutorName = None,
    ray_address: RayAddress = None,
    as_json: AsJson = False,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Train members of the front for long, assign multipliers again, fine-tune, and test.

    What was interrupted goes on; options are remembered by the run.

    Example: python -m evoapproxnas finalize NAME --top 3 --passes 60
    """
    from evoapproxnas.store import load_run

    if top is not None and member:
        raise typer.BadParameter("--top chooses members, --member names them: give one of them")
    changes = _changes(settings or ())
    finish = {
        "members": () if top is not None else None,
        "top": top,
        "passes": passes,
        "finetune_passes": finetune_passes,
        "gradient": gradient,
        **changes["finish"],
    }
    if member:
        finish["members"] = tuple(member)
    given = {**execution_options(workers, executor, ray_address), **changes["execution"]}
    run = load_run(runs_dir / name)
    run.reconfigure({"data": data_options(data_dir)})
    finish_run(run, finish, given, as_json=as_json)


def finish_run(
    run: "Run", finish: dict[str, Any], execution: dict[str, Any], *, as_json: bool = False
) -> None:
    """Finish members of a run's front, telling progress, and print what came of it.

    Args:
        run: the run.
        finish: changes of section `finish`; None changes nothing.
        execution: likewise.
        as_json: print figures as JSON; progress goes to standard error then.
    """
    from evoapproxnas.cli.watching import watch

    where = Terminal(stderr=True) if as_json else console
    try:
        with watch(where, doing="preparing the finish", then="finishing") as observer:
            table = _finished(run, observer, finish, execution)
    except KeyboardInterrupt:
        again = command("finalize", run.name, runs_dir=run.path.parent)
        say(f"interrupted; nothing is lost. Continue with: {again}", to=where)
        raise typer.Exit(INTERRUPTED) from None
    print_finished(table, run, as_json=as_json)


def _finished(
    run: "Run", observer: "Observer", finish: dict[str, Any], execution: dict[str, Any]
) -> "pd.DataFrame":
    """Finish members, and draw what came of it."""
    from evoapproxnas.report.finished_figure import save_finished_figure
    from evoapproxnas.search import finalize as finalize_run

    get_ready_inline(run.config, executor=execution.get("executor"))
    table = finalize_run(run, observer=observer, execution=execution, **finish)
    if len(table):
        save_finished_figure(table, run.path / "finish" / "finished.png")
    return table


def print_finished(table: "pd.DataFrame", run: "Run", *, as_json: bool) -> None:
    """Print the figures of a finish: everything as JSON, the telling columns as a table."""
    if as_json:
        print_table(table, as_json=True)
        return
    title = f"Finished of {run.name}: {several(len(table), 'network')}, accuracies of test images"
    telling = [name for name in _TELLING if name in table]
    print_table(table[telling], as_json=False, title=title)
    say(f"\n{run.path}/finish/finish.csv, finished.png, ID.keras")


def _changes(settings: "list[str] | tuple[str, ...]") -> dict[str, dict[str, Any]]:
    """Return what `--set` gives, by section."""
    from evoapproxnas.config import parse_settings

    found: dict[str, Any] = {"finish": {}, "execution": {}, **parse_settings(settings)}
    if other := set(found) - {"finish", "execution"}:
        raise ConfigError(
            f"finalize changes sections finish and execution, got {', '.join(sorted(other))}; "
            "the rest of a run stays as it was made"
        )
    return found
