"""Options of a study as keywords: its own, and those of the quantization value that it holds."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Protocol, TypeVar

import numpy as np

from evoapproxnas.arguments import check_count, is_whole
from evoapproxnas.errors import ConfigError, QuantizationError, did_you_mean
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
        ConfigError: for a name that is neither, or what are no options.
        QuantizationError: for a value that cannot be used.
    """
    if not is_dataclass(options):
        raise ConfigError(
            f"options must be SweepOptions or AssignOptions, got {options!r:.60}; single ones are "
            "given as keywords, such as images=500"
        )
    own = {field.name for field in fields(options)}
    quantized = {field.name for field in fields(Quantization)} - own
    for name in changes:
        if name not in own | quantized:
            raise ConfigError(
                f"unknown option {name!r}; {did_you_mean(name, sorted(own | quantized))}"
            )
    value = changes.get("quantization", options.quantization)
    if not isinstance(value, Quantization):
        raise ConfigError(
            f"quantization must be a Quantization, got {value!r:.60}; its fields are also given "
            "as keywords, such as per_channel=True"
        )
    value = replace(value, **{name: x for name, x in changes.items() if name in quantized})
    kept = {name: x for name, x in changes.items() if name in own and name != "quantization"}
    return replace(options, quantization=value, **kept)


def as_tuple(wanted: Any) -> tuple[Wanted, ...]:
    """Return one multiplier or several as a tuple.

    Raises:
        ConfigError: for what is none.
    """
    one = isinstance(wanted, str) or not isinstance(wanted, Iterable)
    several = (wanted,) if one else tuple(wanted)
    for one in several:
        if not isinstance(one, (str, Multiplier, MultiplierChoice)):
            raise ConfigError(
                "multipliers are names, patterns, Multipliers or MultiplierChoices, got "
                f"{one!r:.60}"
            )
    return several


def as_widths(bits: Any) -> tuple[int | str, ...]:
    """Return widths of operands, one or several, as a tuple; `narrow_choices` reads them."""
    return tuple(bits) if isinstance(bits, (list, tuple)) else (bits,)


def check_numbers(*, seed: Any, pixel_scale: Any) -> None:
    """Check the two numbers that every study takes.

    Raises:
        ConfigError: if one of them cannot be used.
    """
    if not is_whole(seed) or seed < 0:
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
        if count is not None:
            check_count(name, count)


def check_ranges(quantization: Quantization) -> None:
    """Refuse ranges that are those of batches, which are no property of a network.

    Raises:
        QuantizationError: if they are.
    """
    if quantization.activation_range != "calibrated":
        raise QuantizationError(
            "activation_range='batch' makes an output depend on the other images of its batch, so "
            "multipliers and assignments cannot be compared, nor outputs of a layer be kept; use "
            "'calibrated'. A single model of approximate() takes it, and finetune() trains it"
        )


def quantization_subject(quantization: Quantization) -> dict[str, Any]:
    """Return what measurements depend on and no row says, ready for JSON.

    Kernels compute the same sums, and gradients are for training. What is usual is left out, so
    that studies of earlier versions go on.

    Raises:
        QuantizationError: if the range method is a function.
    """
    said = ("weight_scheme", "error_correction", "tune_weights", "gradient", "kernel")
    return {name: x for name, x in quantization.to_dict().items() if name not in said}
