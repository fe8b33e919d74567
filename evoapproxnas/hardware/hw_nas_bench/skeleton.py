"""The work of the networks of NAS-Bench-201: what their cells multiply, and what is around them.

A convolution to 16 channels; three stages of five cells with 16, 32 and 64 channels; between
stages a residual block that halves the map and doubles channels, of two convolutions of 3 x 3 and,
beside them, pooling and one of 1 x 1; pooling of all positions, and a dense layer (Dong and Yang,
"NAS-Bench-201", ICLR 2020, section 2.1). Pooling and sums multiply nothing. Operations whose
result is never used count, as they do in the FLOPs of the table.
"""

from functools import lru_cache

from evoapproxnas.hardware.hw_nas_bench.cells import EDGES, OPERATIONS, ops_of
from evoapproxnas.hardware.workload import LayerWork, Workload

STAGES, CELLS_PER_STAGE, STEM_CHANNELS = 3, 5, 16
_IMAGES = {"cifar10": (32, 10), "cifar100": (32, 100), "ImageNet16-120": (16, 120)}
"""Rows and columns of the images, and classes."""
_KERNELS = {"nor_conv_1x1": 1, "nor_conv_3x3": 3}


def network_work(index: int, dataset: str) -> Workload:
    """Return the work of the network with a number.

    Args:
        index: number of its cell.
        dataset: that it classifies: cifar10, cifar100 or ImageNet16-120.

    Raises:
        UnknownNameError: for a number that no cell has.
    """
    return _workload(ops_of(index), dataset)


@lru_cache(maxsize=16384)
def _workload(ops: tuple[int, ...], dataset: str) -> Workload:
    size, classes = _IMAGES[dataset]
    layers = [_convolution("stem", size, 3, STEM_CHANNELS, kernel=3)]
    channels = STEM_CHANNELS
    for stage in range(STAGES):
        if stage:
            layers += _reduction(f"reduction{stage}", size, channels)
            size, channels = size // 2, 2 * channels
        for cell in range(CELLS_PER_STAGE):
            layers += _cell(f"stage{stage}/cell{cell}", ops, size, channels)
    head = LayerWork(
        path="head", kind="dense", input_shape=(1, 1, channels), output_shape=(1, 1, classes)
    )
    return Workload((*layers, head))


def _cell(path: str, ops: tuple[int, ...], size: int, channels: int) -> list[LayerWork]:
    return [
        _convolution(f"{path}/{source}-{node}", size, channels, channels, kernel=kernel)
        for op, (node, source) in zip(ops, EDGES, strict=True)
        if (kernel := _KERNELS.get(OPERATIONS[op])) is not None
    ]


def _reduction(path: str, size: int, channels: int) -> list[LayerWork]:
    """The block between two stages; `size` and `channels` are those of its input."""
    half, double = size // 2, 2 * channels
    return [
        _convolution(f"{path}/a", size, channels, double, kernel=3, stride=2),
        _convolution(f"{path}/b", half, double, double, kernel=3),
        _convolution(f"{path}/shortcut", half, channels, double, kernel=1),
    ]


def _convolution(
    path: str, size: int, inputs: int, outputs: int, *, kernel: int, stride: int = 1
) -> LayerWork:
    before = (kernel - 1) // 2
    return LayerWork(
        path=path,
        kind="conv2d",
        input_shape=(size, size, inputs),
        output_shape=(size // stride, size // stride, outputs),
        kernel=(kernel, kernel),
        strides=(stride, stride),
        before=(before, before),
    )
