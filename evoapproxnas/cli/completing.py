"""What shells offer for names: runs of the folder, multipliers of the library."""

from pathlib import Path

import typer

from evoapproxnas.errors import EvoApproxNASError

_DATABASE = "campaign.sqlite"
"""As `store.run_folder` calls it, whose import takes longer than a key may."""


def complete_run(context: typer.Context, incomplete: str) -> list[str]:
    """Return the names of runs in --runs-dir that begin so."""
    folder = Path(context.params.get("runs_dir") or "runs")
    return sorted(
        path.parent.name
        for path in folder.glob(f"*/{_DATABASE}")
        if path.parent.name.startswith(incomplete)
    )


def complete_multiplier(context: typer.Context, incomplete: str) -> list[str]:
    """Return the names of multipliers that begin so, those of --library among them."""
    from evoapproxnas.multipliers import load_library

    given = context.params.get("library")
    try:
        library = load_library(Path(given) if given else None)
    except EvoApproxNASError:
        return []  # A library that cannot be read has no names; whoever uses it is told why.
    return sorted(name for name in library if name.startswith(incomplete))
