"""Classification error of the quantized, approximated network on the validation split."""

from evoapproxnas.objectives.base import Objective

ERROR = Objective("error", "min", "share of images", "trained", lambda s: 1.0 - s.accuracy)
