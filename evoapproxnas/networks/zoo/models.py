"""The networks of the zoo as Keras models, from raw pixels 0..255 to logits."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from evoapproxnas.networks.ops import Shape
from evoapproxnas.networks.zoo.spaces import zoo_network

if TYPE_CHECKING:
    import keras


def build_zoo(
    name: str,
    input_shape: Shape = (32, 32, 3),
    classes: int = 10,
    *,
    mean: Sequence[float] | None = None,
    variance: Sequence[float] | None = None,
    seed: int = 0,
) -> "keras.Model":
    """Build a network of the zoo, with fresh weights.

    Args:
        name: one of `ZOO`.
        input_shape: (height, width, channels).
        classes: number of logits.
        mean: per channel on the 0..255 scale, as `Dataset` has it; the first layer normalizes by
            it. Without mean and variance, pixels are scaled to -1..1.
        variance: as `mean`.
        seed: decides the initial weights.

    Returns:
        A functional model of standard Keras layers; it loads without this package.

    Raises:
        UnknownNameError: for a name that is not in the zoo.
        ConfigError: if only one of `mean` and `variance` is given, or not one value per channel.
    """
    from evoapproxnas.networks.keras_model import build_model  # Imports TensorFlow.

    if mean is None and variance is None:
        mean, variance = [[127.5**power] * input_shape[2] for power in (1, 2)]
    network = zoo_network(name, input_shape, classes)
    return build_model(network, mean=mean, variance=variance, seed=seed, name=name)


resnet8 = partial(build_zoo, "resnet8")
resnet14 = partial(build_zoo, "resnet14")
resnet20 = partial(build_zoo, "resnet20")
resnet26 = partial(build_zoo, "resnet26")
mlperf_resnet8 = partial(build_zoo, "mlperf_resnet8")
