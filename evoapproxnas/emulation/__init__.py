"""Emulation: what approximate multipliers do to a network, exactly and fast.

`quantization` says how numbers become codes, `kernels` sum table look-ups, `convolution` is both
with a gradient (`backward`, `table_gradient`; `running` calls the kernel, `wide_sums` splits what
int32 cannot hold), `layers` are Keras layers over it, `convert` puts
them into an existing model (`assignment` says which multiplier goes where), and `calibration`
fixes their ranges (`range_methods`) and tunes their weights (`weight_tuning`).
"""

from evoapproxnas.emulation.calibration import Calibration, calibrate
from evoapproxnas.emulation.convert import approximate, observe
from evoapproxnas.emulation.input_statistics import InputStatistics
from evoapproxnas.emulation.kernels import use_kernel
from evoapproxnas.emulation.layers import (
    ApproxConv1D,
    ApproxConv2D,
    ApproxConv2DTranspose,
    ApproxDense,
    ApproxDepthwiseConv2D,
    ApproxSeparableConv2D,
    EmulatedLayer,
)
from evoapproxnas.emulation.range_methods import minmax, moving_average, percentile
from evoapproxnas.emulation.report import ConversionReport, LayerReport, conversion_report

__all__ = [
    "ApproxConv1D",
    "ApproxConv2D",
    "ApproxConv2DTranspose",
    "ApproxDense",
    "ApproxDepthwiseConv2D",
    "ApproxSeparableConv2D",
    "Calibration",
    "ConversionReport",
    "EmulatedLayer",
    "InputStatistics",
    "LayerReport",
    "approximate",
    "calibrate",
    "conversion_report",
    "minmax",
    "moving_average",
    "observe",
    "percentile",
    "use_kernel",
]
