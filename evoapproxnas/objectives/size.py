"""Size of the network: weights to store, multiply-accumulates to compute."""

from evoapproxnas.objectives.base import Objective

PARAMETERS = Objective(
    "parameters", "min", "weights", "cheap", lambda s: float(s.network.parameters)
)
MACS = Objective("macs", "min", "operations", "cheap", lambda s: float(s.network.macs))
