"""Draw a network of a run; see --help."""

from pathlib import Path

from evoapproxnas.cli.answering import Data, Picture, PointId, RunFolder, Width, leave, run_script
from evoapproxnas.report import draw_network
from evoapproxnas.report.data import network_drawing
from evoapproxnas.store import load_run


def main(
    run: RunFolder,
    point: PointId,
    *,
    output: Picture = Path("network.png"),
    data: Data = None,
    width: Width = 7.2,
) -> None:
    """Draw the nodes of a network with shapes, multipliers and their energy.

    Example: python plots/network.py runs/cifar10-reference g00-00 -o network.svg
    """
    opened = load_run(run, read_only=True)
    drawing = network_drawing(opened.network(point))
    title = f"{point} of {opened.name}"
    leave(draw_network(drawing, width=width, title=title), output, drawing.nodes, data)


if __name__ == "__main__":
    run_script(main)
