import keras
import numpy as np
import pytest

from evoapproxnas.emulation import approximate, conversion_report
from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware import keras_workload, network_workload
from evoapproxnas.networks import KINDS, Node
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.networks.zoo import build_zoo, zoo_network
from tests.networks.designs import build, conv, make_space

EVERYTHING = (
    conv(kernel=2, channels=6, bias=True),
    Node("depthwise_conv2d", (0,), {"kernel": 3, "activation": "elu"}),
    Node("basic_residual", (1,), {"kernel": 3, "channels": 8, "stride": 2}),
    Node("basic_residual", (2,), {"kernel": 4, "channels": 4, "preactivation": True}),
    Node("residual_bottleneck", (3,), {"factor": 1.5, "stride": 2}),
    Node("residual_inverted", (4,), {"factor": 2.5}),
    Node("activation", (5,), {"function": "prelu"}),
    Node("activation", (6,), {"function": "leakyrelu"}),
    Node("batch_norm", (7,)),
    Node("dropout", (8,)),
    Node("max_pooling", (0,)),
    Node("summation", (9, 10)),
    Node("separable", (11,), {"kernel": 5, "channels": 6, "inner_activation": False}),
    Node("shuffle_unit", (12,), {"channels": 6}),
    Node("shuffle_unit", (13,), {"channels": 8, "stride": 2}),
    Node("concatenation", (14, 13)),
    Node("average_pooling", (15,)),
)


def sample(count=4):
    space = make_space((11, 13, 3), nodes=tuple(KINDS))
    yield build(space, *EVERYTHING)
    for seed in range(count):
        yield space.decode(space.random(np.random.default_rng(seed)))


@pytest.mark.parametrize("network", list(sample()), ids=lambda network: network.key[:8])
def test_model_agrees_with_the_network(network, tmp_path):
    model = build_model(network, mean=[1, 2, 3], variance=[4, 5, 6], seed=3)
    assert model.count_params() == network.parameters
    assert model.output_shape == (None, 10)
    for op in network.ops:
        layer = model.get_layer(op.name)
        assert tuple(layer.output.shape[1:]) == op.shape
        assert layer.count_params() == op.parameters
    images = np.random.default_rng(0).uniform(0, 255, (3, *network.input_shape))
    logits = model.predict(images.astype("float32"), verbose=0)
    assert np.isfinite(logits).all()
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    np.testing.assert_array_equal(loaded.predict(images.astype("float32"), verbose=0), logits)
    assert all(type(layer).__module__.startswith("keras.") for layer in loaded.layers)


def test_seed_decides_the_weights():
    network = build(make_space(), *EVERYTHING[:3])
    a, b, c = (build_model(network, seed=seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
    assert not all(np.array_equal(x, y) for x, y in zip(a, c, strict=True))
    kernels = [w for w in a if w.ndim == 4 and w.shape[:3] == (3, 3, 8)]
    assert len({kernel.tobytes() for kernel in kernels}) == len(kernels)


def test_depthwise_weights_preserve_the_variance():
    space = make_space((32, 32, 64), channels=(64,))
    model = build_model(build(space, Node("depthwise_conv2d", values={"kernel": 3})))
    weights = model.get_layer("n01_dwconv").get_weights()[0]
    assert weights.std() == pytest.approx(np.sqrt(2 / 9), rel=0.15)


def test_normalization_uses_the_given_statistics():
    network = build(make_space((4, 4, 2)), conv())
    model = build_model(network, mean=[10.0, 20.0], variance=[4.0, 25.0])
    x = np.full((1, 4, 4, 2), (12.0, 30.0), dtype="float32")
    normal = keras.Model(model.input, model.get_layer("normalization").output)
    np.testing.assert_allclose(normal.predict(x, verbose=0)[0, 0, 0], [1.0, 2.0], rtol=1e-6)
    assert "normalization" not in [layer.name for layer in build_model(network).layers]


def test_summation_computes_what_it_says():
    space = make_space((4, 4, 1), channels=(1, 3), conv_activations=("linear",), min_spatial=1)
    network = build(space, conv(channels=3, stride=2), conv(channels=1), Node("summation", (0, 1)))
    model = build_model(network, seed=5)
    add = next(op for op in network.ops if op.kind == "add")
    inner = keras.Model(
        model.input, [model.get_layer(n).output for n in ("n01_conv", "n02_conv", add.name)]
    )
    outputs = inner.predict(np.random.default_rng(0).normal(size=(1, 4, 4, 1)), verbose=0)
    wide, narrow = sorted(outputs[:2], key=lambda x: -x.shape[-1])
    expected = wide.copy()
    expected[..., 0] += narrow.reshape(1, 2, 2, 2, 2).max(axis=(2, 4))
    np.testing.assert_allclose(outputs[2], expected, rtol=1e-6)


def outputs(model, names, x):
    inner = keras.Model(model.input, [model.get_layer(name).output for name in names])
    return inner.predict(x, verbose=0)


def test_shuffle_unit_takes_a_channel_of_each_half_in_turn():
    space = make_space((4, 4, 6), channels=(6,), nodes=("shuffle_unit", "conv2d"))
    model = build_model(build(space, Node("shuffle_unit", values={"channels": 6})))
    image = np.random.default_rng(0).normal(size=(2, 4, 4, 6)).astype("float32")
    names = ("n01_kept", "n01_split", "n01_act2", "n01_shuffle")
    kept, split, convolved, shuffled = outputs(model, names, image)
    np.testing.assert_array_equal(kept, image[..., :3])
    np.testing.assert_array_equal(split, image[..., 3:])
    np.testing.assert_array_equal(shuffled[..., ::2], kept)
    np.testing.assert_array_equal(shuffled[..., 1::2], convolved)


@pytest.mark.parametrize("name", ["mobilenet_10m", "shufflenet_10m"])
def test_every_convolution_of_the_zoo_can_be_approximated(name, tmp_path):
    network = zoo_network(name, (8, 8, 3), 4)
    model = build_zoo(name, (8, 8, 3), 4)
    images = np.random.default_rng(0).uniform(0, 255, (4, 8, 8, 3)).astype("float32")
    exact = dict.fromkeys(network.assignment, "mul8u_exact")
    converted = approximate(model, exact, images)
    report = conversion_report(converted)
    assert set(report.paths("approximated")) == set(network.assignment)
    norms = {op.name for op in network.ops if op.kind == "batch_norm"}
    assert set(report.paths("folded")) == norms
    assert keras_workload(model).multiplications == network_workload(network).multiplications
    logits = converted(images)
    converted.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(images), logits)


@pytest.mark.parametrize("statistics", [{"mean": [1.0]}, {"mean": [1.0, 2], "variance": [1.0]}])
def test_half_given_statistics_are_refused(statistics):
    with pytest.raises(ConfigError, match="expected mean and variance of 1 channels"):
        build_model(build(make_space(), conv()), **statistics)
