"""Draw the Pareto fronts of one or several runs; those of CNNs with float and 8-bit baselines.

Example: python plots/pareto.py runs/cifar10-reference -o front.svg
"""

import argparse
from pathlib import Path

import evoapproxnas as ea
from evoapproxnas.report import save_front_figure


def main() -> None:
    """Parse the command line and draw."""
    parser = argparse.ArgumentParser(description="Draw Pareto fronts of runs.")
    parser.add_argument("runs", nargs="+", type=Path, help="run folders")
    parser.add_argument("-o", "--output", type=Path, default=Path("pareto.png"), help="PNG or SVG")
    arguments = parser.parse_args()
    runs = [ea.load_run(path, read_only=True) for path in arguments.runs]
    save_front_figure(runs, arguments.output)
    print(arguments.output)


if __name__ == "__main__":
    main()
