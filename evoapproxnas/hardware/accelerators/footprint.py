"""Memory that an inference needs: all weights, and the most activations that live at a time."""

from math import prod

from evoapproxnas.hardware.accelerators.description import CODE_BITS
from evoapproxnas.hardware.network_layers import network_workload
from evoapproxnas.hardware.workload import Workload
from evoapproxnas.networks import Network

_BYTES_PER_KB = 1024.0


def weights_kb(workload: Workload) -> float:
    """Return what the weights of all layers take, those of a layer that is used twice once.

    Args:
        workload: of the network.
    """
    layers = {layer.path: layer.weights for layer in workload.layers}
    return sum(layers.values()) * CODE_BITS / 8 / _BYTES_PER_KB


def layers_peak_kb(workload: Workload) -> float:
    """Return the most that one layer reads and writes; maps kept for a later sum are not in it.

    Args:
        workload: of the network.
    """
    layers = workload.layers
    most = max((prod(x.input_shape) + prod(x.output_shape) for x in layers), default=0)
    return most * CODE_BITS / 8 / _BYTES_PER_KB


def activations_kb(network: Network) -> float:
    """Return the most that activations take while a network runs, operation by operation.

    An output lives until its last reader has run. Operations that keep the shape of their only
    input, as batch normalization and activations do, write over it unless it is read again.

    Args:
        network: whose activations are counted, a byte each.
    """
    last = {name: i for i, op in enumerate(network.ops) for name in op.inputs}
    size = {op.name: prod(op.shape) for op in network.ops} | {"input": prod(network.input_shape)}
    shape = {op.name: op.shape for op in network.ops} | {"input": network.input_shape}
    live, most = {"input": size["input"]}, size["input"]
    for i, op in enumerate(network.ops):
        read = set(op.inputs)
        only = next(iter(read)) if len(read) == 1 else None
        over = only is not None and last[only] == i and op.macs == 0 and shape[only] == op.shape
        most = max(most, sum(live.values()) + (0 if over else size[op.name]))
        live[op.name] = size[op.name]
        for name in [name for name in live if last.get(name, i) <= i and name != op.name]:
            del live[name]
    return most * CODE_BITS / 8 / _BYTES_PER_KB


def memory_kb(network: Network) -> float:
    """Return the memory of an inference, in units of 1024 bytes.

    Args:
        network: that is run.
    """
    return weights_kb(network_workload(network)) + activations_kb(network)
