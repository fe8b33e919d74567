"""Options that several commands share, each declared once."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evoapproxnas.cli.completing import complete_multiplier, complete_run
from evoapproxnas.errors import ConfigError
from evoapproxnas.paths import expanded

if TYPE_CHECKING:
    from evoapproxnas.circuits import OperandDistribution
    from evoapproxnas.config import DataConfig

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
RunName = Annotated[str, typer.Argument(help="Name of the run.", autocompletion=complete_run)]
RunNames = Annotated[
    list[str], typer.Argument(help="Names of one or several runs.", autocompletion=complete_run)
]
MultiplierName = Annotated[
    str, typer.Argument(help="Name of a multiplier.", autocompletion=complete_multiplier)
]
MultiplierPattern = Annotated[
    str, typer.Argument(help="Name or shell pattern.", autocompletion=complete_multiplier)
]
RunsDir = Annotated[Path, typer.Option(help="Folder that holds runs.")]
Seed = Annotated[int, typer.Option(min=0, help="Decides everything that is drawn.")]
ModelFile = Annotated[Path, typer.Argument(help="A .keras file of a trained classifier.")]
DatasetName = Annotated[str, typer.Option("--dataset", help="Data set name or .npz file.")]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Folder of data sets, the only one that is then searched."),
]
PixelScale = Annotated[
    float, typer.Option(help="What 255 becomes, for models that expect other pixels.")
]
IncludeDense = Annotated[
    bool, typer.Option("--include-dense", help="Approximate dense layers, too.")
]
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
        autocompletion=complete_multiplier,
        help="Exact multiplier that relative power is against; else the recorded or bundled one.",
    ),
]


class OperandsChoice(StrEnum):
    """Operands under which a multiplication takes its energy."""

    UNIFORM = "uniform"
    NETWORK = "network"


EnergyOperands = Annotated[
    OperandsChoice,
    typer.Option(help="Energy under uniform operands, as published, or those of each layer."),
]
Workers = Annotated[int | None, typer.Option(min=1, help="Worker processes.")]
ExecutorName = Annotated[
    str | None,
    typer.Option("--executor", help="Where: inline, processes (the default) or ray."),
]
RayAddress = Annotated[
    str | None,
    typer.Option(
        help="HOST:PORT of a Ray cluster, or auto; implies --executor ray. [default: "
        "RAY_ADDRESS, or a Ray of the campaign's own]"
    ),
]


def execution_options(
    workers: int | None, executor: str | None, ray_address: str | None
) -> dict[str, Any]:
    """Return what of `execution` the options set.

    Raises:
        ConfigError: for the address of a cluster that is not to be used.
    """
    if ray_address is not None and executor not in (None, "ray"):
        raise ConfigError(
            f"--ray-address {ray_address} is of executor ray, got --executor {executor}; leave "
            "one of them out"
        )
    chosen = executor or (None if ray_address is None else "ray")
    return {"workers": workers, "executor": chosen, "ray_address": ray_address}


def data_options(data_dir: Path | None) -> dict[str, Any]:
    """Return what of `data` the option sets for a run that is there already."""
    return {"data_dir": None if data_dir is None else str(expanded(data_dir).absolute())}


def run_name(name: str) -> str:
    """Return the name of a run, which is that of a folder below the folder of runs.

    Raises:
        ConfigError: for a name that is none.
    """
    parts = Path(name).parts
    if not parts or Path(name).is_absolute() or not name.isprintable():
        raise ConfigError(f"a run needs the name of a folder, such as digits-001, got {name!r}")
    if any(part.startswith(".") for part in parts):
        raise ConfigError(f"the name of a run must not begin with a dot, got {name!r}")
    return name


def data_config(
    dataset: str, data_dir: Path | None, *, test_images: int | None = None
) -> "DataConfig":
    """Return the data set that the options above name.

    Raises:
        ConfigError: for values that name none.
    """
    from evoapproxnas.config import parse_config

    folder = None if data_dir is None else str(data_dir)
    values = {"dataset": dataset, "data_dir": folder, "test_images": test_images}
    return parse_config({"data": values}).data


def chosen_operands(
    network: bool, file: Path | None, *, signed: bool
) -> "OperandDistribution | None":
    """Return the distribution that the options above ask for; None is uniform.

    Raises:
        ConfigError: if both are given.
        MultiplierError: if the file is no distribution of such codes.
    """
    from evoapproxnas.circuits import load_operands, network_operands

    if network and file is not None:
        raise ConfigError("choose one of --network-operands and --operands, got both")
    if file is not None:
        return load_operands(file, signed=signed)
    return network_operands() if network else None
