"""What a layer chooses from in the fast level of the search."""

from functools import lru_cache

from evoapproxnas.config import AssignmentConfig, QuantizationConfig, RunConfig
from evoapproxnas.multipliers import MultiplierChoice
from evoapproxnas.resilience.spread import spread_choices


def layer_choices(config: RunConfig) -> tuple[MultiplierChoice, ...]:
    """Return a spread subset of `space.multipliers`, and narrow exact ones, by falling power."""
    return _chosen(config.space.multipliers, config.assignment, config.quantization)


@lru_cache(maxsize=8)
def _chosen(
    wanted: tuple[str, ...], options: AssignmentConfig, quantization: QuantizationConfig
) -> tuple[MultiplierChoice, ...]:
    return spread_choices(
        wanted, circuits=options.circuits, bits=options.bits, quantization=quantization.value
    )
