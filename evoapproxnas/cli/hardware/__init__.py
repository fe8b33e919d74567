"""`hardware`: what networks cost on devices and accelerators, a file for each command."""

import typer

from evoapproxnas.cli.hardware.adapt import adapt, probes
from evoapproxnas.cli.hardware.analyse import analyse
from evoapproxnas.cli.hardware.measure import measure
from evoapproxnas.cli.hardware.query import query
from evoapproxnas.cli.hardware.show import show
from evoapproxnas.cli.hardware.tables import fit, predict, references

app = typer.Typer(
    help="What networks cost on devices and accelerators.\n\n"
    "Example: python -m evoapproxnas hardware query 0",
    no_args_is_help=True,
)

app.command()(show)
app.command()(measure)
app.command()(probes)
app.command()(adapt)
app.command()(analyse)
app.command()(query)
app.command()(references)
app.command()(fit)
app.command()(predict)
