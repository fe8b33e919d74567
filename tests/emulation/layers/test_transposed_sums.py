"""The transposed convolution, with and without error correction, against plain loops in NumPy."""

import numpy as np
import pytest

from evoapproxnas.multipliers import Multiplier, exact_table
from tests.emulation.cases import build

NAMES = [
    "transpose",
    "transpose_valid",
    "transpose_dilated",
    "transpose_sparse",
    "transpose_flat",
    "transpose_extra",
]


def _pixels(layer, axis: int, size: int, outputs: int) -> list[list[tuple[int, int]]]:
    """For each output along an axis, the taps that meet an input pixel or padding, and which.

    Keras' definition: input pixel i adds to output i * stride + tap * dilation - crop.
    """
    stride, dilation = layer.strides[axis], layer.dilation_rate[axis]
    kernel = layer.kernel_size[axis]
    reach = (kernel - 1) * dilation + 1
    whole = (size - 1) * stride + reach
    crop = max(whole - outputs, 0) // 2
    return [
        [
            ((o + crop - tap * dilation) // stride, tap)
            for tap in range(kernel)
            if (o + crop - tap * dilation) % stride == 0
        ]
        for o in range(outputs)
    ]


def _expected(layer, x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sum, for every output, what the multiplier makes of each pixel and tap that meet."""
    low, high = (float(end) for end in np.asarray(layer.input_range))
    step = np.float32(high - low) * np.float32(1 / 255)
    zero = int(np.round(-low / step))
    codes = np.clip(np.round(x / step) + zero, 0, 255).astype(int)
    kernel = np.asarray(layer.kernel)  # (rows, columns, outputs, inputs)
    weight_step = np.abs(kernel).max() / 255
    magnitudes = np.round(np.abs(kernel) / weight_step).astype(int)
    signs = np.sign(np.round(kernel / weight_step))
    table = layer.multiplier.table.astype(float)
    share = np.asarray(layer.input_histogram, float)
    mean_error = share @ (table - exact_table(signed=False))  # by weight code
    rows, columns = (_pixels(layer, axis, x.shape[1 + axis], shape[1 + axis]) for axis in (0, 1))
    sums = np.zeros(shape)
    for row, vertical in enumerate(rows):
        for column, horizontal in enumerate(columns):
            for i, tap_row in vertical:
                for j, tap_column in horizontal:
                    inside = 0 <= i < x.shape[1] and 0 <= j < x.shape[2]
                    met = codes[:, i, j] if inside else np.full((len(x), x.shape[3]), zero)
                    weights, sign = magnitudes[tap_row, tap_column], signs[tap_row, tap_column]
                    products = table[met[:, None, :], weights] - zero * weights
                    if layer.error_correction:
                        products = products - mean_error[weights]
                    sums[:, row, column] += (sign * products).sum(axis=-1)
    bias = 0 if layer.bias is None else np.asarray(layer.bias)
    return sums * step * weight_step + bias


@pytest.mark.parametrize("correct", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_sums_are_those_of_the_taps_that_an_output_has(
    name: str, correct: bool, coarse: Multiplier
) -> None:
    model, layer, x = build(name, coarse, error_correction=correct)
    x = x[:2]
    received = np.asarray(model(x))
    np.testing.assert_allclose(received, _expected(layer, x, received.shape), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("name", NAMES)
def test_the_share_of_padding_is_counted(name: str, coarse: Multiplier) -> None:
    model, layer, x = build(name, coarse)
    met = []
    for axis in (0, 1):
        size = x.shape[1 + axis]
        pairs = _pixels(layer, axis, size, model.output_shape[1 + axis])
        met.append([0 <= pixel < size for taps in pairs for pixel, _ in taps])
    share = 1 - np.outer(*met).mean()
    assert layer.padded_share(x.shape) == pytest.approx(share)


def test_the_correction_is_right_for_every_phase(coarse: Multiplier, exact: Multiplier) -> None:
    """Phases of a stride of 2 with 3 taps have 4, 2, 2 and 1 taps, so their errors differ."""

    def bias_of_phases(correct: bool) -> np.ndarray:
        model, _, x = build("transpose", coarse, error_correction=correct)
        wanted, _, _ = build("transpose", exact)
        errors = np.asarray(model(x)) - np.asarray(wanted(x))
        return np.array(
            [errors[:, i::2, j::2].mean(axis=(0, 1, 2)) for i in (0, 1) for j in (0, 1)]
        )

    assert (
        np.abs(bias_of_phases(True)).mean(1) < 0.5 * np.abs(bias_of_phases(False)).mean(1)
    ).all()
