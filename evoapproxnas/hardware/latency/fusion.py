"""What a runtime makes of a network: which operations run as one, and which do not run at all.

Inference runtimes fold batch normalization into the convolution before it, and ReLU into what
comes before; a map that something else reads, too, stays as it is. Dropout does nothing. Tables
that miss any of this add up what no device does. How TensorFlow's converter and LiteRT do it was
read off converted networks; `checking` compares both for every network that it measures.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evoapproxnas.hardware.latency.operation import Operation, Step
from evoapproxnas.networks import Network, Op
from evoapproxnas.networks.checked_ops import INPUT_NAME
from evoapproxnas.networks.ops import Shape

_CONVOLUTIONS = ("conv2d", "depthwise_conv2d")
_CLIPS = ("relu", "relu6")
_IN_FLOAT = ("elu",)
"""Computed in float even in int8 models; between two of them nothing is quantized."""
_TAKES_CLIP = (*_CONVOLUTIONS, "add", "batch_norm", "max_pool", "average_pool")


@dataclass(frozen=True)
class Fusion:
    """What a runtime fuses.

    Attributes:
        folds_norm: whether batch normalization becomes part of the weights of a convolution, as
            where a model is converted; else it stays a step of its own in the fused operation.
    """

    folds_norm: bool


FUSIONS = {"litert": Fusion(folds_norm=True), "tensorflow": Fusion(folds_norm=False)}
"""By name of the runtime."""


def runtime_operations(network: Network, fusion: Fusion) -> tuple[Operation, ...]:
    """List what a runtime executes for a network, in its order.

    Operations whose result nobody reads are no part of a `Network`.

    Args:
        network: that is executed.
        fusion: what the runtime makes one operation of.
    """
    graph = _Graph(network)
    return tuple(
        Operation(tuple(graph.shapes[name] for name in chain.reads), chain.steps(fusion))
        for chain in graph.chains()
    )


@dataclass(frozen=True)
class _Chain:
    """Operations that become one; the first one's inputs, by name."""

    reads: tuple[str, ...]
    ops: tuple[Op, ...]

    def steps(self, fusion: Fusion) -> tuple[Step, ...]:
        if self.ops[0].kind not in _CONVOLUTIONS:
            return tuple(map(Step.of, self.ops))
        rest = [op for op in self.ops[1:] if not (fusion.folds_norm and op.kind == "batch_norm")]
        first = self.ops[0]
        bias = True if fusion.folds_norm else first["bias"]
        return (Step.of(first, bias=bias), *map(Step.of, rest))


class _Graph:
    """Who reads what, once dropout is out of the way."""

    def __init__(self, network: Network) -> None:
        self.shapes: dict[str, Shape] = {INPUT_NAME: network.input_shape}
        self._ops: list[Op] = []
        self._reads: dict[str, tuple[str, ...]] = {}
        alias: dict[str, str] = {}
        for op in network.ops:
            reads = tuple(alias.get(name, name) for name in op.inputs)
            if op.kind == "dropout":
                alias[op.name] = reads[0]
                continue
            self.shapes[op.name] = op.shape
            self._reads[op.name] = reads
            self._ops.append(op)
        self._readers = _readers(self._ops, self._reads)

    def chains(self) -> Iterator[_Chain]:
        taken: set[str] = set()
        for op in self._ops:
            if op.name not in taken:
                chain = self._chain(op)
                taken.update(part.name for part in chain)
                yield _Chain(self._reads[op.name], chain)

    def _chain(self, first: Op) -> tuple[Op, ...]:
        chain = [first]
        while (follower := self._only_reader(chain[-1])) is not None:
            if not _fuses(chain, follower):
                break
            chain.append(follower)
        return tuple(chain)

    def _only_reader(self, op: Op) -> Op | None:
        readers = self._readers.get(op.name, [])
        return readers[0] if len(readers) == 1 else None


def _readers(ops: list[Op], reads: Mapping[str, tuple[str, ...]]) -> dict[str, list[Op]]:
    """List who reads each result; one that reads it twice is there twice."""
    found: dict[str, list[Op]] = {}
    for op in ops:
        for name in reads[op.name]:
            found.setdefault(name, []).append(op)
    return found


def _fuses(chain: list[Op], follower: Op) -> bool:
    if follower.kind == "batch_norm":
        return chain[0].kind in _CONVOLUTIONS and chain[-1].kind != "activation"
    if follower.kind != "activation":
        return False
    if follower["function"] in _IN_FLOAT and chain[-1].kind == "activation":
        return bool(chain[-1]["function"] in _IN_FLOAT)
    return follower["function"] in _CLIPS and chain[-1].kind in _TAKES_CLIP


def operation_counts(network: Network, fusion: Fusion) -> Counter[Operation]:
    """Count what a runtime executes for a network."""
    return Counter(runtime_operations(network, fusion))
