"""Draw what a network of a run takes for what; see --help."""

from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.answering import Data, Picture, PointId, RunFolder, Width, leave, run_script
from evoapproxnas.report import draw_confusion
from evoapproxnas.report.data import confusion_frame
from evoapproxnas.store import load_run


def main(
    run: RunFolder,
    point: PointId,
    *,
    classes: Annotated[
        list[str] | None, typer.Option(help="Names of the classes, in order.")
    ] = None,
    images: Annotated[int | None, typer.Option(min=1, help="Use so many test images.")] = None,
    with_float: Annotated[bool, typer.Option("--float", help="The float network, too.")] = False,
    output: Picture = Path("confusion.png"),
    data: Data = None,
    width: Width = 7.2,
) -> None:
    """Draw the confusion matrices of a network, in exact 8-bit and approximate.

    Its weights have to be kept, as those of front members are. TensorFlow takes a while.

    Example: python plots/confusion.py runs/digits-001 g03-05-p2 -o confusion.svg
    """
    from evoapproxnas.report.predictions import run_predictions

    opened = load_run(run, read_only=True)
    said = run_predictions(opened, point, images=images)
    logits = {
        kind: values for kind, values in said.logits.items() if with_float or kind != "float"
    }
    confusion = confusion_frame(said.labels, logits, classes=classes or said.classes)
    figure = draw_confusion(confusion, width=width, title=f"{point} of {opened.name}")
    leave(figure, output, confusion, data)


if __name__ == "__main__":
    run_script(main)
