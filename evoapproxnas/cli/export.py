"""`export`: members of a run, and its history, for other tools."""

from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.options import RunName, RunsDir
from evoapproxnas.cli.output import say


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(export)


def export(
    name: RunName,
    member: Annotated[
        str | None,
        typer.Argument(help="Id such as g03-05 or g03-05-p2; none for the history of the run."),
    ] = None,
    *,
    to: Annotated[
        str,
        typer.Option(
            help="Of a member: keras, savedmodel, tflite, onnx, netlists, genome, config. Of the "
            "run: config, csv, parquet, tensorboard, optuna."
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", help="File or folder to write. [default: in exports/ of the run]"),
    ] = None,
    accelerator: Annotated[
        str | None,
        typer.Option(
            help="That netlists describes: a name or a TOML file. [default: that of the member]"
        ),
    ] = None,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Take a member of a run, or its history, to another tool.

    Models: keras and savedmodel are the approximated one; tflite and onnx carry its exact 8-bit
    twin, as these formats know no approximate multiplication. netlists is a folder for a hardware
    team: layer map, accelerator, Verilog of multipliers and MACs, and a testbench whose vectors
    are the emulation's own sums. A genome is a file for run --init.

    Example: python -m evoapproxnas export NAME g03-05 --to netlists
    """
    from evoapproxnas.report.export import TARGETS, export_run
    from evoapproxnas.store import load_run

    run = load_run(runs_dir / name, read_only=True)
    if to in TARGETS and TARGETS[to].needs_tensorflow:
        from evoapproxnas.cli.quiet import start_tensorflow_quietly

        start_tensorflow_quietly()
    exported = export_run(run, to, output, member=member, accelerator=accelerator)
    say(str(exported.path))
    if exported.note:
        say(exported.note)
