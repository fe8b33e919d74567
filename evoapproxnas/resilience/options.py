"""Options of a study as keywords: its own, and those of the quantization value that it holds."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Protocol, TypeVar

import numpy as np

from evoapproxnas.errors import ConfigError, did_you_mean
from evoapproxnas.multipliers import Multiplier, MultiplierChoice
from evoapproxnas.quantization import Quantization
from evoapproxnas.resilience.choices import Wanted


class _Options(Protocol):
    @property
    def quantization(self) -> Quantization: ...


Options = TypeVar("Options", bound=_Options)


def with_changes(options: Options, changes: Mapping[str, Any]) -> Options:
    """Return options with fields changed, those of `Quantization` in their quantization.

    Raises:
        ConfigError: for a name that is neither.
        QuantizationError: for a value that cannot be used.
    """
    own = {field.name for field in fields(options)}  # type: ignore[arg-type]
    quantized = {field.name for field in fields(Quantization)} - own
    for name in changes:
        if name not in own | quantized:
            raise ConfigError(
                f"unknown option {name!r}; {did_you_mean(name, sorted(own | quantized))}"
            )
    value = changes.get("quantization", options.quantization)
    value = replace(value, **{name: x for name, x in changes.items() if name in quantized})
    kept = {name: x for name, x in changes.items() if name in own and name != "quantization"}
    return replace(options, quantization=value, **kept)  # type: ignore[type-var]


def as_tuple(wanted: Wanted | Sequence[Wanted]) -> tuple[Wanted, ...]:
    """Return one multiplier or several as a tuple."""
    one = isinstance(wanted, (str, Multiplier, MultiplierChoice))
    return (wanted,) if one else tuple(wanted)  # type: ignore[return-value, arg-type]


def check_numbers(*, seed: Any, pixel_scale: Any) -> None:
    """Check the two numbers that every study takes.

    Raises:
        ConfigError: if one of them cannot be used.
    """
    if not isinstance(seed, int | np.integer) or seed < 0:
        raise ConfigError(f"seed must be an integer that is not negative, got {seed!r}")
    numbers = (int, float, np.integer, np.floating)
    if not isinstance(pixel_scale, numbers) or not 0 < pixel_scale < np.inf:
        raise ConfigError(f"pixel_scale must be a positive number, got {pixel_scale!r}")


def check_counts(**counts: Any) -> None:
    """Check how many of something are asked for; None is as many as there are.

    Raises:
        ConfigError: if one of them is no positive integer.
    """
    for name, count in counts.items():
        whole = isinstance(count, int | np.integer) and not isinstance(count, bool)
        if count is not None and (not whole or count < 1):
            raise ConfigError(f"{name} must be a positive integer, got {count!r}")


def quantization_subject(quantization: Quantization) -> dict[str, Any]:
    """Return what measurements depend on and no row says, ready for JSON.

    Kernels compute the same sums, and gradients are for training. What is usual is left out, so
    that studies of earlier versions go on.

    Raises:
        QuantizationError: if the range method is a function.
    """
    said = ("weight_scheme", "error_correction", "tune_weights", "gradient", "kernel")
    return {name: x for name, x in quantization.to_dict().items() if name not in said}
