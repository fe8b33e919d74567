"""`delete`: runs that are not needed any more."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoapproxnas.cli.options import RunNames, RunsDir, run_name
from evoapproxnas.cli.output import note, print_rows, say
from evoapproxnas.errors import ConfigError, EvoApproxNASError
from evoapproxnas.wording import several

if TYPE_CHECKING:
    from evoapproxnas.store import Extent


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(delete)


def delete(
    names: RunNames,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Delete runs, with all that is in their folders: it shows what that is, and asks.

    What is no run is refused, and so is a run that a process works on. Links in a run are removed,
    not what they point to. Either all of the runs can be deleted or none is.

    Example: python -m evoapproxnas delete OTHER
    """
    from evoapproxnas.store import delete_run, extent

    paths = [runs_dir / name for name in dict.fromkeys(map(run_name, names))]
    found = {path: extent(path) for path in paths}
    print_rows([_row(path, size) for path, size in found.items()], as_json=False)
    if not yes:
        _ask(len(paths))
    for path in paths:
        delete_run(path)
        note(f"deleted {path}")


def _row(path: Path, size: "Extent") -> dict[str, object]:
    """Say what a run is and takes; a damaged one can be deleted, too."""
    from evoapproxnas.store import load_run

    try:
        run = load_run(path, read_only=True)
        done = several(run.database.counts().done, "candidate")
        holds = f"{done}, {len(run.archive())} on the front"
    except EvoApproxNASError as error:
        holds = f"cannot be read: {error}"
    megabytes = size.size_bytes / 1e6
    return {"run": str(path), "MB": round(megabytes, 1), "files": size.files, "holds": holds}


def _ask(runs: int) -> None:
    """Ask whether to go on.

    Raises:
        ConfigError: if there is nobody to answer.
        typer.Exit: if the answer is no.
    """
    if not sys.stdin.isatty():
        raise ConfigError("deleting asks, and nobody is there to answer; repeat it with --yes")
    these = "this run" if runs == 1 else f"these {runs} runs"
    say(f"Delete {these}? [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        say("nothing was deleted")
        raise typer.Exit(1)
