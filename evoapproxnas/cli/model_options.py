"""How the commands that judge a model get its data and the quantization that is asked for."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer
from rich.console import Console

from evoapproxnas.cli.options import data_config
from evoapproxnas.cli.output import say
from evoapproxnas.cli.quiet import start_tensorflow_quietly
from evoapproxnas.quantization import Quantization

if TYPE_CHECKING:
    from evoapproxnas.training import Dataset


def quantization_of(
    *,
    weight_scheme: Annotated[
        str | None,
        typer.Option(help="sign_magnitude, affine or symmetric; else what suits the multipliers."),
    ] = None,
    error_correction: Annotated[bool, typer.Option(help="Correct biases for free.")] = True,
    control_variate: Annotated[
        bool,
        typer.Option(
            "--control-variate", help="Correct by the sum of each window's activations as well."
        ),
    ] = False,
    per_channel: Annotated[
        bool, typer.Option("--per-channel", help="A weight scale for each output channel.")
    ] = False,
    activation_bits: Annotated[
        int, typer.Option(min=2, max=8, help="Width of activation codes.")
    ] = 8,
    weight_bits: Annotated[int, typer.Option(min=2, max=8, help="Width of weight codes.")] = 8,
    tune_weights: Annotated[
        bool, typer.Option(help="Feed each circuit the weights whose products come closest.")
    ] = False,
    range_method: Annotated[
        str, typer.Option(help="Ranges from calibration: minmax, percentile or moving_average.")
    ] = "minmax",
    kernel: Annotated[str, typer.Option(help="Emulation kernel.")] = "auto",
) -> Quantization:
    """Return the value that the options mean; this is where they are declared.

    Raises:
        QuantizationError: for an unknown weight scheme.
        UnknownNameError: for an unknown range method or kernel.
    """
    from evoapproxnas.emulation.calibration.range_methods import resolve_range_method

    resolve_range_method(range_method)
    return Quantization(
        weight_scheme=weight_scheme,  # type: ignore[arg-type]
        error_correction=error_correction,
        control_variate=control_variate,
        per_channel=per_channel,
        activation_bits=activation_bits,
        weight_bits=weight_bits,
        tune_weights=tune_weights,
        range_method=range_method,
        kernel=kernel,
    )


def with_quantization(command: Callable[..., None]) -> Callable[..., None]:
    """Start TensorFlow, then give a command its `quantization`, made of the options above.

    They stand in the place of that parameter. One that the command declares itself is its own,
    and the quantization has the default of it.
    """
    own = signature(command).parameters
    shared = {
        name: option
        for name, option in signature(quantization_of).parameters.items()
        if name not in own
    }

    @wraps(command)
    def started(**values: Any) -> None:
        start_tensorflow_quietly()
        chosen = {name: values.pop(name) for name in shared}
        command(**values, quantization=quantization_of(**chosen))

    options: list[Parameter] = []
    for name, option in own.items():
        options += shared.values() if name == "quantization" else [option]
    vars(started)["__signature__"] = Signature(options)
    hints = get_type_hints(quantization_of, include_extras=True)
    hints |= get_type_hints(command, include_extras=True)
    started.__annotations__ = {option.name: hints[option.name] for option in options}
    return started


def load_data(name: str, folder: Path | None) -> "Dataset":
    """Return a data set by its name.

    Raises:
        DatasetError: if it cannot be found or read.
    """
    from evoapproxnas.training import load_dataset

    return load_dataset(data_config(name, folder))


def use_folder(library: Path | None) -> None:
    """Let names mean multipliers of one more library."""
    from evoapproxnas.multipliers import use_library

    if library is not None:
        use_library(library)


@contextmanager
def plain_warnings() -> Iterator[None]:
    """Print warnings as a line each, on standard error, while the context is open."""
    console = Console(stderr=True)
    with warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: say(f"warning: {message}", to=console)
        yield


def split_widths(text: str) -> tuple[str, ...]:
    """Read operand widths, separated by blanks or commas, such as "7 6 a6w4"."""
    from evoapproxnas.errors import MultiplierError
    from evoapproxnas.multipliers import parse_widths

    widths = tuple(text.replace(",", " ").split())
    try:
        for width in widths:
            parse_widths(width)
    except MultiplierError as error:
        raise typer.BadParameter(str(error)) from None
    return widths
