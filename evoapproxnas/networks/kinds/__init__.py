"""The node kinds, one file each.

To add one, write `kinds/squeeze.py`:

    @node_kind(channels="channels", gate=(False, True), multiplier="multipliers")
    def squeeze(graph, x, *, channels, gate, multiplier):
        y = graph.conv2d(x, kernel=1, channels=channels, multiplier=multiplier)
        return graph.activation(y, "relu") if gate else y

and import it below. The decorator's keywords are the parameter genes: a string names the
`SpaceConfig` list of values ("multipliers": those of the run), a tuple is the list itself. The
function gets the `GraphBuilder`, one `Tensor` per input and the chosen values, calls the
builder's primitives and returns the output tensor (`x` itself for "does nothing here").
Strides go through `graph.allowed_stride(x, stride)`, so that no map gets too small. Shapes,
MACs, parameters, the network key, Keras, energy and drawings follow from the primitives.
A kind is searched when its name is in `space.nodes`. Another package registers one by an entry
point of group `evoapproxnas.nodes`, which names the function; `examples.new_node_kind` is one.
A new primitive is one entry in `networks/ops.py`, one builder method and one function in
`networks/keras_model.py`.
"""

from evoapproxnas.networks.kinds import (
    activation,
    average_pooling,
    basic_residual,
    batch_norm,
    concatenation,
    conv2d,
    depthwise_conv2d,
    dropout,
    max_pooling,
    residual_bottleneck,
    residual_inverted,
    separable,
    shuffle_unit,
    summation,
)
from evoapproxnas.networks.kinds._registry import KINDS, NodeKind, Parameter, find_kind, node_kind

__all__ = [
    "KINDS",
    "NodeKind",
    "Parameter",
    "activation",
    "average_pooling",
    "basic_residual",
    "batch_norm",
    "concatenation",
    "conv2d",
    "depthwise_conv2d",
    "dropout",
    "find_kind",
    "max_pooling",
    "node_kind",
    "residual_bottleneck",
    "residual_inverted",
    "separable",
    "shuffle_unit",
    "summation",
]
