import keras
import numpy as np
import pytest

from evoapproxnas.config import GridConfig, SpaceConfig, load_config
from evoapproxnas.errors import ConfigError, NetworkRejected, UnknownNameError
from evoapproxnas.networks import Node, SearchSpace, encode
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.networks.zoo import (
    ZOO,
    build_zoo,
    cifar_resnet,
    mlperf_resnet8,
    mobilenet,
    resnet8,
    shufflenet,
    space_with,
    zoo_network,
)

L = keras.layers


@pytest.mark.parametrize(
    ("name", "macs", "parameters"),
    [
        ("resnet8", 12_501_632, 78_714),
        ("resnet14", 26_657_408, 176_378),
        ("resnet20", 40_813_184, 274_042),
        ("resnet26", 54_968_960, 371_706),
        ("mlperf_resnet8", 12_501_632, 78_666),  # As the benchmark's own model.summary() says.
        ("mobilenet_10m", 9_641_856, 81_370),
        ("mobilenet_25m", 25_356_800, 228_170),
        ("shufflenet_10m", 9_324_032, 254_522),
    ],
)
def test_size_for_cifar10(name, macs, parameters):
    network = zoo_network(name, (32, 32, 3), 10)
    assert (network.macs, network.parameters) == (macs, parameters)


def reference(blocks, *, mlperf):
    """The papers' networks, written down without this package."""

    def conv(x, channels, kernel, stride):
        return L.Conv2D(channels, kernel, strides=stride, padding="same", use_bias=mlperf)(x)

    image = keras.Input((8, 8, 3))
    x = L.Normalization(mean=[1.0, 2.0, 3.0], variance=[4.0, 5.0, 6.0])(image)
    x = L.ReLU()(L.BatchNormalization()(conv(x, 16, 3, 1)))
    for width in (16, 32, 64):
        for block in range(blocks):
            stride = 2 if width > 16 and block == 0 else 1
            y = L.ReLU()(L.BatchNormalization()(conv(x, width, 3, stride)))
            y = L.BatchNormalization()(conv(y, width, 3, 1))
            if stride == 2:
                x = conv(x, width, 1, 2)
                x = x if mlperf else L.BatchNormalization()(x)
            x = L.ReLU()(L.Add()([y, x]))
    return keras.Model(image, L.Dense(7)(L.GlobalAveragePooling2D()(x)))


def shuffled(model):
    """Give every weight, batch norm statistics too, random values."""
    rng = np.random.default_rng(0)
    model.set_weights(
        [rng.uniform(0.1, 1.0, w.shape).astype(w.dtype) for w in model.get_weights()]
    )
    return model


def images(shape=(8, 8, 3)):
    return np.random.default_rng(1).uniform(0, 255, (4, *shape)).astype("float32")


@pytest.mark.parametrize(
    ("name", "blocks", "mlperf"),
    [("resnet8", 1, False), ("resnet14", 2, False), ("mlperf_resnet8", 1, True)],
)
def test_computes_what_the_papers_describe(name, blocks, mlperf):
    expected = shuffled(reference(blocks, mlperf=mlperf))
    model = build_zoo(name, (8, 8, 3), 7, mean=[1.0, 2.0, 3.0], variance=[4.0, 5.0, 6.0])
    model.set_weights(expected.get_weights())
    np.testing.assert_allclose(model(images()), expected(images()), rtol=1e-4)


@pytest.mark.parametrize("name", ["resnet8", "mlperf_resnet8"])
def test_a_search_can_start_from_it(name):
    config = SpaceConfig(channels=(24, 32), max_depth=30)
    space = SearchSpace.from_config(
        GridConfig(rows=3, columns=40, levels_back=10),
        space_with(config, ZOO[name]),
        input_shape=(8, 8, 3),
        classes=7,
        multipliers=("mul8u_a", "mul8u_b"),
    )
    rng = np.random.default_rng(3)
    genotype = encode(space, ZOO[name], rng)
    network, own = space.decode(genotype), zoo_network(name, (8, 8, 3), 7)
    assert (network.macs, network.parameters) == (own.macs, own.parameters)
    assert [op.name for op in network.ops] == [op.name for op in own.ops]
    assert set(network.assignment.values()) == {"mul8u_a", "exact8"}
    statistics = {"mean": [1.0, 2.0, 3.0], "variance": [4.0, 5.0, 6.0]}
    model = shuffled(build_model(network, **statistics))
    zoo_model = build_zoo(name, (8, 8, 3), 7, **statistics)
    zoo_model.set_weights(model.get_weights())
    np.testing.assert_array_equal(zoo_model(images()), model(images()))
    assert space.decode(space.mutate(genotype, rng, 0.05)).key != network.key


def preset_space(name):
    config = load_config(preset=name)
    return SearchSpace.from_config(
        config.grid,
        config.space,
        input_shape=(32, 32, 3),
        classes=10,
        multipliers=("exact8", "other"),
    )


@pytest.mark.parametrize("name", ZOO)
def test_the_preset_of_the_zoo_holds_every_network(name):
    space = preset_space("cifar10")
    genotype = encode(space, ZOO[name], np.random.default_rng(0))
    assert space.decode(genotype) == zoo_network(name, (32, 32, 3), 10)


def test_the_preset_of_the_paper_is_that_of_the_paper():
    space = preset_space("paper")
    assert [bound.kind.name for bound in space.kinds] == list(SpaceConfig().nodes)
    assert (space.grid.rows, space.grid.columns) == (10, 30)
    block = [Node("separable", values={"channels": 32})]
    with pytest.raises(UnknownNameError, match="'separable'"):
        encode(space, block, np.random.default_rng(0))


def test_a_space_takes_several_networks_at_once():
    names = ("resnet8", "mobilenet_10m", "shufflenet_10m")
    one_by_one = SpaceConfig()
    for name in names:
        one_by_one = space_with(one_by_one, ZOO[name])
    assert space_with(SpaceConfig(), *(ZOO[name] for name in names)) == one_by_one
    assert {"separable", "shuffle_unit"} < set(one_by_one.nodes)


@pytest.mark.parametrize(
    ("design", "options", "words"),
    [
        (mobilenet, {"widths": (8, 16), "strides": ()}, "one stride for each of 1 blocks"),
        (shufflenet, {"widths": (8,), "repeats": (1,), "last": 8}, "each of 0 stages"),
    ],
)
def test_designs_of_unequal_lists_are_refused(design, options, words):
    with pytest.raises(ConfigError, match=words):
        design(**options)


def test_added_values_come_last():
    config = SpaceConfig(nodes=("conv2d", "summation"), channels=(24, 32), strides=(2,))
    widened = space_with(config, ZOO["resnet8"])
    assert widened.channels == (24, 32, 16, 64)
    assert widened.strides == (2, 1)
    assert widened.nodes == ("conv2d", "summation", "batch_norm", "activation", "basic_residual")
    assert widened.conv_activations == (*config.conv_activations, "linear")
    assert widened.conv_kernels == config.conv_kernels


def test_limits_stay_those_of_the_search():
    space = SearchSpace.from_config(
        GridConfig(columns=30, levels_back=30),
        space_with(SpaceConfig(max_macs=1_000_000), ZOO["resnet8"]),
        input_shape=(32, 32, 3),
        classes=10,
        multipliers=("exact8",),
    )
    with pytest.raises(NetworkRejected, match="1000000|1,000,000"):
        space.decode(encode(space, ZOO["resnet8"], np.random.default_rng(0)))


def test_pixels_are_normalized_without_statistics_too():
    model = resnet8((8, 8, 1), 5)
    normal = keras.Model(model.input, model.get_layer("normalization").output)
    ends = normal(np.array([0.0, 255.0], "float32").reshape(2, 1, 1, 1) * np.ones((2, 8, 8, 1)))
    np.testing.assert_allclose(ends[:, 0, 0, 0], [-1.0, 1.0], atol=1e-6)
    assert (model.name, model.output_shape) == ("resnet8", (None, 5))


def test_loads_as_a_plain_keras_model(tmp_path):
    model = mlperf_resnet8((8, 8, 3), 10)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert all(type(layer).__module__.startswith("keras.") for layer in loaded.layers)
    np.testing.assert_array_equal(loaded(images()), model(images()))


def test_wrong_depths_and_names_are_refused():
    with pytest.raises(ConfigError, match=r"depth of 6n \+ 2 with n >= 1, got 10"):
        cifar_resnet(10)
    with pytest.raises(ConfigError, match="got 2"):
        cifar_resnet(2)
    with pytest.raises(UnknownNameError, match="did you mean 'resnet8'"):
        zoo_network("resnet9", (32, 32, 3), 10)
