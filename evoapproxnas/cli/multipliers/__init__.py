"""`multipliers`: the library on the command line, a file for each kind of command."""

import typer

from evoapproxnas.cli.multipliers import bundle
from evoapproxnas.cli.multipliers.evolve import evolve
from evoapproxnas.cli.multipliers.figures import compare, list_, show
from evoapproxnas.cli.multipliers.files import export, import_, verify
from evoapproxnas.cli.multipliers.generate import generate
from evoapproxnas.cli.multipliers.operands import operands
from evoapproxnas.cli.multipliers.plot import plot

app = typer.Typer(
    help="The library of approximate multipliers.\n\n"
    "Example: python -m evoapproxnas multipliers list 'mul8u_*' --sort mae_pct",
    no_args_is_help=True,
)
app.command("list")(list_)
app.command()(show)
app.command()(compare)
app.command()(plot)
app.command("import")(import_)
app.command()(export)
app.command()(generate)
app.command()(evolve)
app.command()(operands)
app.command()(verify)
app.add_typer(bundle.app, name="bundle", hidden=True)
