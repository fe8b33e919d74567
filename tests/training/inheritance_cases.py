"""Parents and children for the tests of inheritance."""

import numpy as np

from evoapproxnas.networks import IMAGE, Node
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.training.inheritance import load_weights, weights_of
from tests.networks.designs import build, conv, make_space

SPACE = make_space(
    (8, 8, 2),
    max_depth=30,
    channels=(2, 3, 4, 6, 8),
    conv_kernels=(1, 2, 3, 5),
    residual_kernels=(2, 3, 4, 5),
    conv_activations=("relu", "elu", "linear"),
)


def images(count=32, shape=(8, 8, 2)):
    return np.random.default_rng(1).integers(0, 256, (count, *shape), dtype=np.uint8)


def trained(network, *, seed=3):
    """A model whose every weight is as if it had learned something, and its weights."""
    model = build_model(network, mean=[127.0] * 2, variance=[5000.0] * 2, seed=seed)
    rng = np.random.default_rng(seed)

    def learned(array):
        noise = rng.normal(0.0, 0.2, array.shape)
        return np.abs(1.0 + noise) if array.ndim == 1 else array + noise

    weights = {
        name: tuple(learned(a) for a in arrays) for name, arrays in weights_of(model).items()
    }
    load_weights(model, weights)
    return model, weights_of(model)


def fresh(network, *, seed=7):
    return build_model(network, mean=[127.0] * 2, variance=[5000.0] * 2, seed=seed)


def logits(model, x):
    return model(x.astype(np.float32), training=False).numpy()


def stem(channels=4, kernel=3):
    return [
        conv((IMAGE,), kernel=kernel, channels=channels, activation="linear"),
        Node("batch_norm", (0,)),
        Node("activation", (1,), {"function": "relu"}),
    ]


def block(source, kind="basic_residual", **values):
    if kind == "basic_residual":
        values = {"kernel": 3, "channels": 4, "preactivation": False, **values}
    return Node(kind, (source,), {"kernel": 3, "stride": 1, **values})


def network(*nodes):
    return build(SPACE, *nodes)


def same_names(parent, child, *, without=(), renamed=None):
    """Match layers by their names, nodes being renumbered as told."""
    kinds = {op.name: op.kind for op in parent.ops if op.parameters}
    match = {}
    for op in child.ops:
        if op.parameters:
            node = (renamed or {}).get(op.node, op.node)
            other = op.name if op.name == "head" else f"n{node:02d}{op.name[3:]}"
            fits = kinds.get(other) == op.kind and op.node not in without
            match[op.name] = other if fits else None
    return match


def arrays_of(net, rng):
    """Random weights in the shapes that Keras gives a network's layers."""
    shapes = {"input": net.input_shape} | {op.name: op.shape for op in net.ops}
    weights = {}
    for op in net.ops:
        if op.parameters:
            channels, count = shapes[op.inputs[0]][-1], op.shape[-1]
            if op.kind == "dense":
                sizes = [(channels, count), (count,)]
            elif op.kind == "batch_norm":
                sizes = [(count,)] * 4
            elif op.kind == "activation":
                sizes = [(1, 1, count)]
            else:
                kernel = (op["kernel"],) * 2
                last = (channels, count) if op.kind == "conv2d" else (channels, 1)
                sizes = [(*kernel, *last), (count,)][: 1 + op["bias"]]
            arrays = (rng.normal(size=size).astype(np.float32) for size in sizes)
            weights[op.name] = tuple(np.abs(a) if op.kind == "batch_norm" else a for a in arrays)
    return weights
