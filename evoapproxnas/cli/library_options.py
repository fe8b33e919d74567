"""Options that the commands about multipliers share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from evoapproxnas.circuits import OperandDistribution

LibraryFolder = Annotated[
    Path | None,
    typer.Option("--library", help="Folder of one more library."),
]
Signed = Annotated[bool, typer.Option("--signed", help="Two's complement.")]
NetworkOperands = Annotated[
    bool,
    typer.Option(
        "--network-operands",
        help="Weight errors and power as ReLU activations and sign-magnitude weights occur.",
    ),
]
OperandsFile = Annotated[
    Path | None,
    typer.Option(
        "--operands", help="Weight them by the .npz file that 'multipliers operands' wrote."
    ),
]

Reference = Annotated[
    str | None,
    typer.Option(
        "--reference",
        help="Exact multiplier that relative power is against; else the recorded or bundled one.",
    ),
]


def chosen_operands(
    network: bool, file: Path | None, *, signed: bool
) -> "OperandDistribution | None":
    """Return the distribution that the options above ask for; None is uniform.

    Raises:
        ConfigError: if both are given.
        MultiplierError: if the file is no distribution of such codes.
    """
    from evoapproxnas.circuits import load_operands, network_operands
    from evoapproxnas.errors import ConfigError

    if network and file is not None:
        raise ConfigError("choose one of --network-operands and --operands, got both")
    if file is not None:
        return load_operands(file, signed=signed)
    return network_operands() if network else None
