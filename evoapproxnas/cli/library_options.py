"""Options that the commands about multipliers share."""

from pathlib import Path
from typing import Annotated

import typer

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
