"""Well-known networks for small images: as designs, genotypes, `Network`s and Keras models.

    model = resnet8((32, 32, 3), classes=10, mean=dataset.mean, variance=dataset.variance)
    space = space_with(SpaceConfig(), ZOO["resnet8"])   # adds what the design needs to the lists
    genotype = encode(search_space, ZOO["resnet8"], rng)

A design is a list of nodes of the search space, so a model's layers have the names that the
decoded genotype gives them: what was learned about a layer of one holds for the other. To add a
network, write its design in `designs.py` and register it in `ZOO`.
"""

from evoapproxnas.networks.zoo.designs import (
    ZOO,
    cifar_resnet,
    mlperf_tiny_resnet,
    mobilenet,
    shufflenet,
)
from evoapproxnas.networks.zoo.models import (
    build_zoo,
    mlperf_resnet8,
    resnet8,
    resnet14,
    resnet20,
    resnet26,
)
from evoapproxnas.networks.zoo.spaces import space_with, zoo_network

__all__ = [
    "ZOO",
    "build_zoo",
    "cifar_resnet",
    "mlperf_resnet8",
    "mlperf_tiny_resnet",
    "mobilenet",
    "resnet14",
    "resnet20",
    "resnet26",
    "resnet8",
    "shufflenet",
    "space_with",
    "zoo_network",
]
