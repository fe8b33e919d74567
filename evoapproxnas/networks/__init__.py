"""Convolutional networks: genotype -> `Network` (plain data) -> Keras model.

    space.random(rng) -> Genotype -> space.decode -> Network -> build_model -> keras.Model

- `space`: `SearchSpace`, the node kinds of a configuration bound to their values.
- `kinds/`: one file per node kind, expanded into primitive operations; how to add one.
- `builder`, `ops`: the primitives: what a kind writes, and their shapes, parameters and MACs.
- `decode`, `canonical`, `assemble`: trace, repair or reject, canonical order, names.
- `network`, `summary`: the result, with size, canonical key and text table.
- `encoding`, `design_file`: the way back, for starting from a known design or a file.
- `operators/`: what turns parents into a child; import it by its full name.
- `matching`: which layers of a network kept their meaning in another one.
- `keras_model`: the only module here that imports Keras; import it by its full name.

To add a node kind, write one file in `kinds/` and import it there (see that package's docstring).
"""

from typing import TYPE_CHECKING

from evoapproxnas.first_use import on_first_use

if TYPE_CHECKING:
    from evoapproxnas.networks.decode import Limits
    from evoapproxnas.networks.design_file import read_design, write_design
    from evoapproxnas.networks.encoding import IMAGE, Node, adopt, design_of, encode
    from evoapproxnas.networks.kinds import KINDS, NodeKind, Parameter, node_kind
    from evoapproxnas.networks.matching import match_layers
    from evoapproxnas.networks.network import ApproxLayer, Network
    from evoapproxnas.networks.ops import ACTIVATIONS, PRIMITIVES, Op
    from evoapproxnas.networks.space import SearchSpace

__all__ = [
    "ACTIVATIONS",
    "ApproxLayer",
    "IMAGE",
    "KINDS",
    "Limits",
    "Network",
    "Node",
    "NodeKind",
    "Op",
    "PRIMITIVES",
    "Parameter",
    "SearchSpace",
    "adopt",
    "design_of",
    "encode",
    "match_layers",
    "node_kind",
    "read_design",
    "write_design",
]

_HOMES = {
    "ACTIVATIONS": "ops",
    "ApproxLayer": "network",
    "IMAGE": "encoding",
    "KINDS": "kinds",
    "Limits": "decode",
    "Network": "network",
    "Node": "encoding",
    "NodeKind": "kinds",
    "Op": "ops",
    "PRIMITIVES": "ops",
    "Parameter": "kinds",
    "SearchSpace": "space",
    "adopt": "encoding",
    "design_of": "encoding",
    "encode": "encoding",
    "match_layers": "matching",
    "node_kind": "kinds",
    "read_design": "design_file",
    "write_design": "design_file",
}

__getattr__ = on_first_use(__name__, _HOMES)
"""Import on first use: what shows a run needs networks, and neither genotypes nor a space."""
