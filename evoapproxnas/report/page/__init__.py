"""The page of a run, or of several beside each other: one HTML file that needs nothing else.

    snapshot   a run read at one moment; a campaign may write it meanwhile; study: likewise
    figures    its points by column; prices: what its multipliers take
    words      the summary; tables: rows of tables; reproduce: commands
    payload    what the scripts know; packing: compressed into the page, plotly.js beside it
    run_view   all that is shown of a run; study_view: of a study; shown: in one form
    building   all of it, by the templates, the style and the scripts in parts/

The live view (`evoapproxnas.dashboard`) is made of the same parts, from `build_content`.

A policy in the page forbids it every request, and what runs are called reaches it as text only.
"""

from collections.abc import Sequence
from pathlib import Path

from evoapproxnas.files import as_text, write_atomically
from evoapproxnas.report.page.building import build_page
from evoapproxnas.report.page.snapshot import Snapshot, read_snapshots
from evoapproxnas.store import Run

PAGE = "report.html"
"""Its name in a run's folder."""


def write_report(runs: Sequence[Run], path: Path) -> None:
    """Write the page of runs.

    Args:
        runs: one, or several that are to be compared.
        path: HTML file.

    Raises:
        ConfigError: for no run.
        StoreError: if a run is damaged, or the file cannot be written.
        EnvironmentBroken: if plotly is not installed.
    """
    write_atomically(path, as_text(build_page(read_snapshots(runs))))


def write_run_page(run: Run) -> Path:
    """Write the page of one run into its folder; see `write_report`.

    Args:
        run: that it is about.

    Returns:
        Its path.
    """
    path = run.path / PAGE
    write_report([run], path)
    return path


__all__ = ["PAGE", "Snapshot", "build_page", "read_snapshots", "write_report", "write_run_page"]
