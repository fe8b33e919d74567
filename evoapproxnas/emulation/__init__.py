"""Emulation: what approximate multipliers do to a network, exactly and fast.

operation/    quantization, and sums of table look-ups with a gradient
kernels/      the same integer sums, computed in several ways
layers/       Keras layers over it
calibration/  the ranges of activations, from data
conversion/   an existing model with such layers in the place of its own

`loading` reads saved models, `points` switches those that have several assignments.
"""

from evoapproxnas.emulation.calibration.input_statistics import InputStatistics
from evoapproxnas.emulation.calibration.observation import Calibration, calibrate
from evoapproxnas.emulation.calibration.range_methods import minmax, moving_average, percentile
from evoapproxnas.emulation.conversion.convert import approximate, observe
from evoapproxnas.emulation.conversion.operating_points import (
    estimate_operating_points,
    with_operating_points,
)
from evoapproxnas.emulation.conversion.report import (
    ConversionReport,
    LayerReport,
    conversion_report,
)
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
from evoapproxnas.emulation.loading import load_model
from evoapproxnas.emulation.points import (
    operating_point,
    operating_points,
    set_operating_point,
)

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
    "estimate_operating_points",
    "load_model",
    "minmax",
    "moving_average",
    "observe",
    "operating_point",
    "operating_points",
    "percentile",
    "set_operating_point",
    "use_kernel",
    "with_operating_points",
]
