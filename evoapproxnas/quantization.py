"""How a layer is quantized: ONE frozen value, from configuration to layer (DESIGN section 3).

`QuantizationConfig`, the approximate layers, `approximate`, `resilience` and the command line all
mean this value. What the choices do is said by `emulation.operation.quantization`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self, get_args

from evoapproxnas.errors import QuantizationError, did_you_mean
from evoapproxnas.kernel_names import check_kernel_name

RangeMethodName = Literal["minmax", "percentile", "moving_average"]
WeightScheme = Literal["sign_magnitude", "affine", "symmetric"]
ActivationRange = Literal["calibrated", "batch"]
Gradient = Literal["ste", "table"]
RangeMethod = Callable[[Any], tuple[float, float]]
"""From what calibration saw of a layer's input to the range that is frozen."""


@dataclass(frozen=True, kw_only=True)
class Quantization:
    """The quantization of a layer, whatever its multiplier.

    Attributes:
        weight_scheme: "sign_magnitude", "affine" or "symmetric"; None is sign_magnitude for
            unsigned and symmetric for signed multipliers.
        error_correction: subtract each output channel's expected product error from the bias.
        control_variate: subtract what the sum of a window's activations lets expect as well, at
            one multiplication for each output.
        per_channel: quantize the weights of each output channel with its own scale.
        activation_bits: width of the activations' codes, 2 to 8, for the same 8-bit tables.
        weight_bits: width of the weights' codes, 2 to 8.
        activation_range: "calibrated" and frozen, or that of each "batch"; `sweep` and `assign` do
            not take the latter: outputs would depend on the other images of their batch.
        tune_weights: feed the multiplier, for each weight code, the one whose products come
            closest over the calibrated activations (ALWANN), without training.
        gradient: "ste", of the exact layer, or "table", of the multiplier's smoothed table.
        kernel: "auto" or the name of an emulation kernel.
        range_method: how ranges follow from calibration: a name, or a function.

    Raises:
        QuantizationError: for another value.
        UnknownNameError: for an unknown kernel.
    """

    weight_scheme: WeightScheme | None = None
    error_correction: bool = True
    control_variate: bool = False
    per_channel: bool = False
    activation_bits: int = 8
    weight_bits: int = 8
    activation_range: ActivationRange = "calibrated"
    tune_weights: bool = False
    gradient: Gradient = "ste"
    kernel: str = "auto"
    range_method: str | RangeMethod = "minmax"

    def __post_init__(self) -> None:
        """Check the values; the names of range methods are checked where these are."""
        check_kernel_name(self.kernel)
        if self.weight_scheme is not None:
            _check_scheme(self.weight_scheme)
        for option, known in (("activation_range", ActivationRange), ("gradient", Gradient)):
            first, second = get_args(known)
            if getattr(self, option) not in (first, second):
                raise QuantizationError(
                    f"{option} must be {first!r} or {second!r}, got {getattr(self, option)!r}"
                )
        check_bits(self.activation_bits, operand="activation")
        check_bits(self.weight_bits, operand="weight")
        for name in ("error_correction", "control_variate", "per_channel", "tune_weights"):
            if not isinstance(getattr(self, name), bool):
                raise QuantizationError(
                    f"{name} must be True or False, got {getattr(self, name)!r}"
                )
        if not (isinstance(self.range_method, str) or callable(self.range_method)):
            raise QuantizationError(
                f"range_method must be a name or a function, got {self.range_method!r}"
            )

    def scheme(self, *, signed: bool) -> WeightScheme:
        """Return the weight scheme for multipliers of a signedness; see `resolve_scheme`.

        Args:
            signed: whether the multipliers are.
        """
        return resolve_scheme(self.weight_scheme, signed=signed)

    def resolved(self, *, signed: bool) -> Self:
        """Return the same with its weight scheme named.

        Args:
            signed: whether the multipliers are, which decides a scheme that is left open.
        """
        return replace(self, weight_scheme=self.scheme(signed=signed))

    @property
    def signed(self) -> bool | None:
        """The signedness that the scheme calls for; None where it takes both."""
        return True if self.weight_scheme == "symmetric" else None

    @property
    def exact_multiplier(self) -> str:
        """Name of the exact 8-bit multiplier of the scheme; unsigned where it takes both."""
        return exact_name(signed=bool(self.signed))

    @property
    def widths(self) -> tuple[int, int]:
        """Bits of activations and weights."""
        return self.activation_bits, self.weight_bits

    def with_widths(self, activation_bits: int, weight_bits: int) -> Self:
        """Return the same with codes of other widths.

        Args:
            activation_bits: 2 to 8.
            weight_bits: 2 to 8.
        """
        return replace(self, activation_bits=activation_bits, weight_bits=weight_bits)

    @property
    def options(self) -> dict[str, Any]:
        """The keyword options of `approximate` of the same names."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @property
    def layer_options(self) -> dict[str, Any]:
        """The keyword options of a layer: all but how its range comes about."""
        return {name: x for name, x in self.options.items() if name != "range_method"}

    def to_dict(self) -> dict[str, Any]:
        """Return the values that are not defaults, ready for JSON.

        Raises:
            QuantizationError: if the range method is a function, which has no text.
        """
        if not isinstance(self.range_method, str):
            raise QuantizationError(
                "a range method that is a function cannot be stored; use one by its name"
            )
        default = Quantization().options
        return {name: x for name, x in self.options.items() if x != default[name]}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Read what `to_dict` gave.

        Args:
            values: plain values by field; what is left out is the default.

        Raises:
            QuantizationError: for an unknown key or a value that cannot be used.
        """
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise QuantizationError(
                    f"unknown quantization option {name!r}; {did_you_mean(name, known)}"
                )
        return cls(**values)


def exact_name(*, signed: bool) -> str:
    """Return the library's name of the exact 8-bit multiplier of a signedness."""
    return "exact8s" if signed else "exact8"


def check_bits(bits: int, *, operand: str) -> int:
    """Return `bits` if operands of that width fit an 8-bit multiplier.

    Args:
        bits: the width.
        operand: "activation" or "weight", for the message.

    Raises:
        QuantizationError: if it is not an integer from 2 to 8.
    """
    if isinstance(bits, bool) or not isinstance(bits, int) or not 2 <= bits <= 8:
        raise QuantizationError(
            f"{operand}_bits must be an integer from 2 to 8, as the multiplier's table has 8-bit "
            f"operands, got {bits!r}"
        )
    return bits


def resolve_scheme(scheme: str | None, *, signed: bool) -> WeightScheme:
    """Return the weight scheme; None picks the usual one for the multiplier's signedness.

    Raises:
        QuantizationError: for an unknown scheme, or `symmetric` with an unsigned multiplier.
    """
    if scheme is None:
        return "symmetric" if signed else "sign_magnitude"
    _check_scheme(scheme)
    if scheme == "symmetric" and not signed:
        raise QuantizationError(
            "weight scheme 'symmetric' has negative codes and needs a signed multiplier; "
            "use 'sign_magnitude' or 'affine' with an unsigned one"
        )
    return scheme  # type: ignore[return-value]


def _check_scheme(scheme: object) -> None:
    known = get_args(WeightScheme)
    if scheme not in known:
        raise QuantizationError(
            f"unknown weight scheme {scheme!r}; {did_you_mean(str(scheme), known)}"
        )
