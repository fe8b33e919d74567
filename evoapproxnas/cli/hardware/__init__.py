"""`hardware`: what networks cost on devices and accelerators, a file for each command."""

import typer

from evoapproxnas.cli.hardware.query import query
from evoapproxnas.cli.hardware.show import show

app = typer.Typer(help="What networks cost on devices and accelerators.", no_args_is_help=True)


app.command()(query)
app.command()(show)
