"""Draw which genes matter; see --help."""

from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.answering import (
    Data,
    Picture,
    RunFolders,
    Width,
    leave,
    open_runs,
    run_script,
)
from evoapproxnas.report import draw_importance
from evoapproxnas.report.data import gene_frame, importance_frame


def main(
    runs: RunFolders,
    *,
    objective: Annotated[
        list[str] | None, typer.Option(help="Figure to explain; repeatable. [default: theirs]")
    ] = None,
    output: Picture = Path("genes.png"),
    data: Data = None,
    width: Width = 7.2,
) -> None:
    """Draw how much each figure depends on what the search space has parameters for.

    Method: permutation importance of a random forest, on networks that it was not trained on.

    Example: python plots/genes.py runs/cifar10-reference -o genes.svg
    """
    importance = importance_frame(gene_frame(open_runs(runs)), objective)
    leave(draw_importance(importance, width=width), output, importance, data)


if __name__ == "__main__":
    run_script(main)
