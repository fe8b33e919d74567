"""A network as boxes and arrows: what they say, and where they are drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from evoapproxnas.multipliers import Multiplier
from evoapproxnas.networks import Network, Op
from evoapproxnas.report.data.layers import layer_frame
from evoapproxnas.report.data.layout import lay_out

_SHORT = {"depthwise_conv2d": "depthwise", "conv2d": "conv", "dense": "dense"}


@dataclass(frozen=True, eq=False)
class NetworkDrawing:
    """A network, ready to be drawn.

    Attributes:
        nodes: one row for each node, the image first and the head last: `node` (0 is the image),
            `kind`, `depth`, `shape` of its output ("32x32x16"), `layers`: texts of its
            layers that multiply, one a line ("conv 3x3/2 64: mul8u_or4_v0"), empty where there
            is none; `details` of other nodes ("relu"); `multipliers`: their names, a line each;
            `macs`, `parameters`; `energy_nj` and `exact_energy_nj` for one image, 0 without
            multiplications, NaN where a multiplier is not known; `x`, `y`: its place, y is its
            depth, boxes at the same depth are at least 1 apart.
        edges: one row for each connection: `source`, `target`, `shape` of what is passed on,
            `path`: the (x, y) places that it leads through, past other nodes.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame


def network_drawing(
    network: Network, library: Mapping[str, Multiplier] | None = None
) -> NetworkDrawing:
    """Lay a network out, node by node.

    Args:
        network: with its assignment: `run.network("g03-05-p2")`.
        library: as in `layer_frame`.
    """
    nodes = _grouped(network.ops)
    edges = _connections(network)
    depths = {0: 0, **network.node_depths}
    layout = lay_out(depths, list(edges))
    layers = layer_frame(network, library)
    image = {
        **{"node": 0, "kind": "image", "depth": 0, "shape": _size(network.input_shape)},
        **{"layers": "", "details": "", "multipliers": "", "macs": 0, "parameters": 0},
        **{"energy_nj": 0.0, "exact_energy_nj": 0.0},
    }
    rows = [image] + [
        {"node": number, "depth": depths[number], **_node(ops, layers[layers["node"] == number])}
        for number, ops in nodes.items()
    ]
    places = pd.DataFrame.from_dict(dict(layout.nodes), orient="index", columns=["x", "y"])
    return NetworkDrawing(
        pd.DataFrame(rows).merge(places, left_on="node", right_index=True),
        pd.DataFrame(
            [
                {"source": s, "target": t, "shape": shape, "path": tuple(layout.paths[s, t])}
                for (s, t), shape in edges.items()
            ],
            columns=["source", "target", "shape", "path"],
        ),
    )


def _grouped(ops: Sequence[Op]) -> dict[int, list[Op]]:
    nodes: dict[int, list[Op]] = {}
    for op in ops:
        nodes.setdefault(op.node, []).append(op)
    return nodes


def _connections(network: Network) -> dict[tuple[int, int], str]:
    """Shape of what is passed on, by (source, target); the image is 0."""
    made = {op.name: op for op in network.ops}
    found: dict[tuple[int, int], str] = {}
    for op in network.ops:
        for name in op.inputs:
            source = made[name].node if name in made else 0
            shape = made[name].shape if name in made else network.input_shape
            if source != op.node:
                found.setdefault((source, op.node), _size(shape))
    return found


def _node(ops: Sequence[Op], layers: pd.DataFrame) -> dict[str, object]:
    names = dict(zip(layers["layer"], layers["multiplier"], strict=True))
    return {
        "kind": ops[0].node_kind,
        "shape": _size(ops[-1].shape),
        "layers": "\n".join(_layer(op, names[op.name]) for op in ops if op.name in names),
        "details": _details(ops[0]) if len(ops) == 1 else "",
        "multipliers": "\n".join(layers["multiplier"]),
        "macs": sum(op.macs for op in ops),
        "parameters": sum(op.parameters for op in ops),
        "energy_nj": float(layers["energy_nj"].sum(skipna=False)),
        "exact_energy_nj": float(layers["exact_energy_nj"].sum(skipna=False)),
    }


def _layer(op: Op, multiplier: str) -> str:
    kind = _SHORT.get(op.kind, op.kind)
    if op.kind == "dense":
        return f"{kind} {op.shape[0]}: {multiplier}"
    stride = f"/{op['stride']}" if op["stride"] != 1 else ""
    return f"{kind} {op['kernel']}x{op['kernel']}{stride} {op.shape[2]}: {multiplier}"


def _details(op: Op) -> str:
    values = dict(op.attributes)
    if op.kind == "activation":
        return str(values["function"])
    if op.kind == "dropout":
        return f"{values['rate']:.2g}"
    if op.kind in ("max_pool", "average_pool"):
        return "x".join(map(str, op["pool"]))
    return ""


def _size(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape))
