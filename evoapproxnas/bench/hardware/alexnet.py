"""AlexNet's convolutions on the description of Eyeriss, beside the published chip."""

from dataclasses import dataclass

from evoapproxnas.hardware import LayerWork, Workload
from evoapproxnas.hardware.accelerators import data_cost, load_accelerator

PUBLISHED = 34.7
"""Images a second of the chip at 200 MHz, batches of 4 images (issue 13 names the figure)."""
_MHZ_TO_KHZ = 1000.0

LAYERS = (
    LayerWork(
        path="conv1",
        kind="conv2d",
        input_shape=(227, 227, 3),
        output_shape=(55, 55, 96),
        kernel=(11, 11),
        strides=(4, 4),
    ),
    LayerWork(
        path="conv2",
        kind="conv2d",
        input_shape=(27, 27, 96),
        output_shape=(27, 27, 256),
        kernel=(5, 5),
        before=(2, 2),
        groups=2,
    ),
    LayerWork(
        path="conv3",
        kind="conv2d",
        input_shape=(13, 13, 256),
        output_shape=(13, 13, 384),
        kernel=(3, 3),
        before=(1, 1),
    ),
    LayerWork(
        path="conv4",
        kind="conv2d",
        input_shape=(13, 13, 384),
        output_shape=(13, 13, 384),
        kernel=(3, 3),
        before=(1, 1),
        groups=2,
    ),
    LayerWork(
        path="conv5",
        kind="conv2d",
        input_shape=(13, 13, 384),
        output_shape=(13, 13, 256),
        kernel=(3, 3),
        before=(1, 1),
        groups=2,
    ),
)
"""A. Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks", 2012;
the second, fourth and fifth layer in two groups, as on two GPUs."""


@dataclass(frozen=True)
class AlexNetLayer:
    """A layer.

    Attributes:
        layer: its name.
        multiplications_m: in millions, padding included.
        utilization: share of the array that computes.
        ms: at the array's clock.
        waiting_ms: part of it in which a port is too slow.
        loading_ms: part of it before the first, and after the last multiplication.
    """

    layer: str
    multiplications_m: float
    utilization: float
    ms: float
    waiting_ms: float
    loading_ms: float


@dataclass(frozen=True)
class AlexNet:
    """All convolutions, one image at a time.

    Attributes:
        images_per_second: by the analytic model.
        published: by the chip.
        without_waiting: if memories were never too slow, and nothing had to be loaded.
        layers: one by one.
    """

    images_per_second: float
    published: float
    without_waiting: float
    layers: tuple[AlexNetLayer, ...]


def alexnet_on_eyeriss() -> AlexNet:
    """Estimate the speed of the chip."""
    accelerator = load_accelerator("eyeriss")
    cost = data_cost(Workload(LAYERS), accelerator)
    per_ms = accelerator.clock_mhz * _MHZ_TO_KHZ
    layers = tuple(
        AlexNetLayer(
            layer=work.path,
            multiplications_m=work.multiplications / 1e6,
            utilization=layer.utilization,
            ms=layer.cycles / per_ms,
            waiting_ms=layer.waiting / per_ms,
            loading_ms=layer.loading / per_ms,
        )
        for work, layer in zip(cost.layers, cost.costs, strict=True)
    )
    busy = sum(layer.ms - layer.waiting_ms - layer.loading_ms for layer in layers)
    return AlexNet(
        images_per_second=1000 / sum(layer.ms for layer in layers),
        published=PUBLISHED,
        without_waiting=1000 / busy,
        layers=layers,
    )
