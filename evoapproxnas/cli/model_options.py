"""How the commands that judge a model get its data and the quantization that is asked for."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from evoapproxnas.cli.options import data_config
from evoapproxnas.cli.output import say

if TYPE_CHECKING:
    from evoapproxnas.quantization import Quantization
    from evoapproxnas.training import Dataset


def quantization(
    *,
    weight_scheme: str | None,
    error_correction: bool,
    per_channel: bool,
    activation_bits: int,
    weight_bits: int,
    tune_weights: bool,
    range_method: str,
    kernel: str,
) -> "Quantization":
    """Return the value that the options mean.

    Raises:
        QuantizationError: for an unknown weight scheme.
        UnknownNameError: for an unknown range method or kernel.
    """
    from evoapproxnas.emulation.calibration.range_methods import resolve_range_method
    from evoapproxnas.quantization import Quantization

    resolve_range_method(range_method)
    return Quantization(
        weight_scheme=weight_scheme,  # type: ignore[arg-type]
        error_correction=error_correction,
        per_channel=per_channel,
        activation_bits=activation_bits,
        weight_bits=weight_bits,
        tune_weights=tune_weights,
        range_method=range_method,
        kernel=kernel,
    )


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
