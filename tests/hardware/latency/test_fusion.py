from evoapproxnas.hardware.latency.fusion import FUSIONS, operation_counts
from evoapproxnas.networks import IMAGE, Node
from tests.hardware.latency.small import FUSION, convolution, network, runtime_operations


def _told(*nodes: Node, fusion=FUSION) -> list[str]:
    """Kinds of the steps of each operation, the head left out."""
    operations = runtime_operations(network(*nodes), fusion)
    return ["+".join(step.kind for step in each.steps) for each in operations][:-2]


RESIDUAL = {"kernel": 3, "channels": 8, "stride": 1, "preactivation": False}


def test_normalization_and_relu_become_part_of_their_convolution():
    told = _told(convolution(), Node("basic_residual", (0,), RESIDUAL))
    assert told == [
        "conv2d+activation",
        "conv2d+activation",
        "conv2d",  # The second one of the block: its sum is activated, not itself.
        "add+activation",
    ]


def test_a_runtime_that_folds_nothing_keeps_normalization_as_a_step():
    told = _told(
        convolution(), Node("basic_residual", (0,), RESIDUAL), fusion=FUSIONS["tensorflow"]
    )
    assert told[1:3] == ["conv2d+batch_norm+activation", "conv2d+batch_norm"]


def test_folded_convolutions_have_a_bias_whatever_they_had_before():
    with_bias, without = (
        runtime_operations(network(convolution(bias=bias)), FUSION) for bias in (True, False)
    )
    assert with_bias == without


def test_what_two_read_is_not_fused_into_what_one_of_them_does():
    linear = convolution(activation="elu")
    shared = (linear, Node("batch_norm", (0,)), Node("summation", (0, 1)))
    assert _told(*shared) == ["conv2d", "activation", "batch_norm", "add"]
    relu = Node("activation", (0,), {"function": "relu"})
    assert _told(
        Node("batch_norm", (IMAGE,)), relu, Node("summation", (0, 1)), convolution(2)
    ) == [
        "batch_norm",
        "activation",
        "add",
        "conv2d+activation",
    ]


def test_normalization_after_an_activation_stays_and_takes_the_relu_behind_it():
    after = Node("activation", (1,), {"function": "relu"})
    assert _told(convolution(), Node("batch_norm", (0,)), after) == [
        "conv2d+activation",
        "batch_norm+activation",
    ]


def test_dropout_does_nothing_and_separates_nothing():
    dropout = Node("dropout", (0,))
    norm, relu = Node("batch_norm", (1,)), Node("activation", (2,), {"function": "relu"})
    elu = convolution(activation="elu")
    assert _told(elu, dropout, norm, relu) == ["conv2d", "activation", "batch_norm+activation"]


def test_other_activations_than_clips_are_operations_of_their_own():
    leaky = Node("activation", (0,), {"function": "leakyrelu"})
    assert _told(convolution(), leaky) == ["conv2d+activation", "activation"]


def test_nothing_is_quantized_between_two_activations_in_float():
    twice = Node("activation", (0,), {"function": "elu"})
    assert _told(convolution(activation="elu"), twice) == ["conv2d", "activation+activation"]


def test_operations_are_counted_by_what_they_are_not_by_name():
    counts = operation_counts(network(convolution(), convolution(0), convolution(1)), FUSION)
    assert sorted(counts.values()) == [1, 1, 1, 2]
