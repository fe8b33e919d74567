"""The layers' arithmetic against their exact namesakes."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.emulation import (
    ApproxConv1D,
    ApproxConv2D,
    ApproxConv2DTranspose,
    ApproxDense,
    ApproxSeparableConv2D,
)
from evoapproxnas.emulation.kernels import KERNELS
from evoapproxnas.errors import QuantizationError, UnknownNameError
from evoapproxnas.multipliers import Multiplier
from tests.emulation.cases import LAYERS, SIMPLE, build, fake_quantized, namesake

SCHEMES = ["sign_magnitude", "affine"]
RUNNABLE = [name for name, kernel in KERNELS.items() if kernel.missing() is None]


@pytest.mark.parametrize(
    ("scheme", "per_channel"),
    [("sign_magnitude", True), ("affine", False), ("affine", True), ("symmetric", True)],
)
@pytest.mark.parametrize("name", SIMPLE)
def test_exact_multiplier_gives_the_exact_layer_at_quantized_operands(
    name: str, scheme: str, per_channel: bool, exact: Multiplier, exact_signed: Multiplier
) -> None:
    multiplier = exact_signed if scheme == "symmetric" else exact
    model, layer, x = build(name, multiplier, weight_scheme=scheme, per_channel=per_channel)
    reference, fake_x = fake_quantized(name, layer, x)
    np.testing.assert_allclose(model(x), reference(fake_x), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kernel", RUNNABLE)
@pytest.mark.parametrize(("activation_bits", "weight_bits"), [(2, 8), (4, 3), (8, 2)])
@pytest.mark.parametrize("scheme", [*SCHEMES, "symmetric"])
def test_narrow_operands(
    scheme: str, activation_bits: int, weight_bits: int, kernel: str,
    exact: Multiplier, exact_signed: Multiplier,
) -> None:  # fmt: skip
    multiplier = exact_signed if scheme == "symmetric" else exact
    bits = {"activation_bits": activation_bits, "weight_bits": weight_bits}
    model, layer, x = build("conv", multiplier, weight_scheme=scheme, kernel=kernel, **bits)
    layer.input_range.assign([-1.0, 1.7])  # some activations lie outside
    reference, fake_x = fake_quantized("conv", layer, x)
    np.testing.assert_allclose(model(x), reference(fake_x), rtol=1e-4, atol=1e-4)
    assert len(np.unique(fake_x)) <= 2**activation_bits
    weights = np.asarray(reference.kernel)
    assert len(np.unique(weights)) <= 2 ** (weight_bits + (scheme == "sign_magnitude"))


def test_narrow_codes_stay_in_their_part_of_the_table(exact: Multiplier) -> None:
    table = np.full((256, 256), 65535)
    table[:8, :4] = exact.table[:8, :4]
    corner = Multiplier.from_table("corner", table)
    for name in ("conv", "separable", "transpose"):
        narrow = {"activation_bits": 3, "weight_bits": 2}
        model, _, x = build(name, corner, **narrow)
        x = np.where(x > 1, 1000 * x, x)
        expected = build(name, exact, **narrow)[0](x)
        np.testing.assert_array_equal(model(x), expected)
        assert np.isfinite(model(np.where(x > 0, np.nan, x))).all()


@pytest.mark.parametrize("name", LAYERS)
def test_exact_multiplier_is_near_the_float_layer(name: str, exact: Multiplier) -> None:
    model, layer, x = build(name, exact)
    received, expected = np.asarray(model(x)), np.asarray(namesake(name, layer)(x))
    assert np.abs(received - expected).mean() < 0.02 * expected.std()
    assert model.output_shape[1:] == expected.shape[1:]


@pytest.mark.parametrize(
    ("name", "signed"), [*((name, False) for name in LAYERS), ("conv", True), ("transpose", True)]
)
def test_kernels_give_identical_layers_eagerly_and_in_graphs(
    name: str, signed: bool, coarse: Multiplier, coarse_signed: Multiplier
) -> None:
    multiplier = coarse_signed if signed else coarse
    model, _, x = build(name, multiplier)
    expected = tf.function(model)(tf.constant(x)).numpy()
    for kernel in RUNNABLE:
        model, _, _ = build(name, multiplier, kernel=kernel)
        np.testing.assert_array_equal(model(x), expected)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["conv_dilated", "series_causal", "transpose"])
def test_error_correction_removes_the_bias(name: str, scheme: str, coarse: Multiplier) -> None:
    def bias(correct: bool) -> float:
        model, layer, x = build(name, coarse, weight_scheme=scheme, error_correction=correct)
        reference, fake_x = fake_quantized(name, layer, x)
        difference = np.asarray(model(x)) - np.asarray(reference(fake_x))
        return float(np.abs(difference.reshape(-1, difference.shape[-1]).mean(axis=0)).mean())

    assert bias(True) < (0.15 if scheme == "affine" else 0.4) * bias(False)


def test_a_transposed_convolution_multiplies_no_inserted_zeros(exact: Multiplier) -> None:
    table = exact.table.copy()
    table[0] = 1000  # what a multiplication with code 0, here the zero point, would add
    wrong_at_zero = Multiplier.from_table("wrong-at-zero", table)
    outputs = []
    for multiplier in (exact, wrong_at_zero):
        layer = ApproxConv2DTranspose(
            2, 2, strides=2, multiplier=multiplier, activation_range="batch",
            error_correction=False,
        )  # fmt: skip
        layer.build((None, 4, 4, 3))
        layer.kernel.assign(np.random.default_rng(0).normal(0, 1, layer.kernel.shape))
        x = np.random.default_rng(1).uniform(0.5, 1, (2, 4, 4, 3)).astype(np.float32)
        outputs.append(layer(x).numpy())
    np.testing.assert_array_equal(*outputs)


def test_separable_is_depthwise_then_pointwise(coarse: Multiplier) -> None:
    model, layer, x = build("separable", coarse)
    assert layer.depthwise.calibrated
    assert layer.pointwise.calibrated
    expected = layer.pointwise(layer.depthwise(x))
    np.testing.assert_array_equal(model(x), expected)
    assert isinstance(layer, keras.layers.SeparableConv2D)
    names = [v.path.split("/")[-1] for v in layer.trainable_weights]
    assert names == ["kernel", "kernel", "bias"]


@pytest.mark.parametrize("name", SIMPLE)
def test_gradient_is_that_of_the_exact_layer_at_quantized_operands(
    name: str, coarse: Multiplier
) -> None:
    _, layer, x = build(name, coarse)
    low, high = np.quantile(x, [0.02, 0.98])
    layer.input_range.assign([low, high])
    inputs = tf.constant(x)
    weights = [v.value for v in layer.trainable_weights]
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = layer(inputs, training=True)
        loss = tf.reduce_sum(outputs**2)
    received = tape.gradient(loss, [inputs, *weights])

    exact, fake_x = fake_quantized(name, layer, x)
    exact.activation = keras.activations.linear
    upstream = 2 * outputs  # a relu passes none where it gave 0
    fake = tf.constant(fake_x)
    with tf.GradientTape() as tape:
        tape.watch(fake)
        y = exact(fake)
    expected = tape.gradient(y, [fake, *(v.value for v in exact.trainable_weights)], upstream)
    coding = layer._source(inputs, training=False).coding
    bottom, top = (float(c - coding.zero_point) * float(coding.scale) for c in (0, 255))
    expected[0] *= tf.cast((x >= bottom) & (x <= top), tf.float32)
    for ours, theirs in zip(received, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-2)


@pytest.mark.parametrize("name", ["conv_strided", "conv_groups", "depthwise", "dense_3d",
                                  "series_causal", "transpose"])  # fmt: skip
def test_gradient_is_the_finite_difference_of_the_float_layer(
    name: str, coarse: Multiplier
) -> None:
    """Central differences of a bilinear function are exact, however wide the step."""
    model, layer, x = build(name, coarse)
    rng = np.random.default_rng(2)
    upstream = rng.normal(0, 1, (8, *model.output_shape[1:])).astype(np.float32)
    x *= 0.9  # within the range of the codes, beyond which no gradient passes
    inputs = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        loss = tf.reduce_sum(layer(inputs) * upstream)
    gradients = tape.gradient(loss, [inputs, layer.kernel.value])
    exact, fake_x = fake_quantized(name, layer, x)
    kernel = np.asarray(exact.kernel)
    steps = [0.1 * rng.normal(0, 1, g.shape).astype(np.float32) for g in gradients]

    def loss_at(sign: int) -> float:
        exact.kernel.assign(kernel + sign * steps[1])
        outputs = np.asarray(exact(fake_x + sign * steps[0]), np.float64)
        return float((outputs * upstream).sum())

    expected = sum(float(np.sum(g * step)) for g, step in zip(gradients, steps, strict=True))
    assert (loss_at(1) - loss_at(-1)) / 2 == pytest.approx(expected, rel=1e-3, abs=1e-2)


def test_separable_trains_both_convolutions(coarse: Multiplier) -> None:
    model, layer, x = build("separable", coarse)
    model.compile(keras.optimizers.Adam(0.01), "mse")
    before = [np.asarray(w).copy() for w in layer.trainable_weights]
    target = np.zeros((8, *model.output_shape[1:]), np.float32)
    losses = model.fit(x, target, epochs=4, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    for old, new in zip(before, layer.trainable_weights, strict=True):
        assert not np.array_equal(old, new)


@pytest.mark.parametrize("name", ["conv", "transpose", "separable", "series"])
def test_empty_batch(name: str, coarse: Multiplier) -> None:
    for kernel in RUNNABLE:
        model, _, x = build(name, coarse, kernel=kernel)
        assert model(x[:0]).shape == (0, *model.output_shape[1:])


@pytest.mark.parametrize("name", ["conv", "transpose_valid", "separable", "series_causal"])
def test_unknown_sizes(name: str, coarse: Multiplier) -> None:
    model, layer, x = build(name, coarse)
    free = keras.Sequential([keras.Input((*[None] * (x.ndim - 2), x.shape[-1])), layer])
    shape = [None] * x.ndim
    graph = tf.function(free, input_signature=[tf.TensorSpec([*shape[:-1], x.shape[-1]])])
    np.testing.assert_array_equal(graph(x), model(x))


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("conv_strided", (2, 8, 4), "windows of 3 x 3 pixels, .* input of 2 x 8"),
        ("depthwise_two", (8, 0, 4), "windows of 3 x 3"),
        ("series_groups", (3, 4), "windows of 1 x 4 pixels, .* input of 1 x 3"),
    ],
)
def test_images_smaller_than_a_window_are_refused(
    name: str, shape: tuple[int, ...], message: str, coarse: Multiplier
) -> None:
    _, layer, _ = build(name, coarse)
    with pytest.raises(QuantizationError, match=message):
        layer(np.zeros((1, *shape), np.float32))


def test_bad_options(exact: Multiplier) -> None:
    with pytest.raises(QuantizationError, match="channels_last"):
        ApproxConv2D(2, 3, multiplier=exact, data_format="channels_first")
    with pytest.raises(QuantizationError, match="channels_last"):
        ApproxSeparableConv2D(2, 3, multiplier=exact, data_format="channels_first")
    with pytest.raises(QuantizationError, match="channels_last"):
        ApproxConv1D(2, 3, multiplier=exact, data_format="channels_first")
    for bits in (1, 9, 4.0):
        with pytest.raises(QuantizationError, match="weight_bits must be an integer from 2 to 8"):
            ApproxConv2D(2, 3, multiplier=exact, weight_bits=bits)  # type: ignore[arg-type]
    with pytest.raises(QuantizationError, match="activation_bits"):
        ApproxSeparableConv2D(2, 3, multiplier=exact, activation_bits=0)
    with pytest.raises(QuantizationError, match="'calibrated' or 'batch'"):
        ApproxConv2D(2, 3, multiplier=exact, activation_range="always")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="kernel"):
        ApproxConv2D(2, 3, multiplier=exact, kernel="cuda")
    with pytest.raises(UnknownNameError):
        ApproxDense(2, multiplier="no-such-multiplier")
    for table in (exact.table, None):
        with pytest.raises(QuantizationError, match=r"Multiplier\.from_table"):
            ApproxDense(2, multiplier=table)
    with pytest.raises(QuantizationError, match="layer 'wide': .* could overflow"):
        ApproxConv2D(2, 1, groups=2, multiplier=exact, name="wide").build((None, 1, 1, 80_000))
