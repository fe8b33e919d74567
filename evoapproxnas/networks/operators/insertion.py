"""A block is put between two nodes: one that keeps the map, or one that begins a stage."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from evoapproxnas.networks.operators._registry import Draft, Parent, operator
from evoapproxnas.networks.operators.maps import feature_maps
from evoapproxnas.networks.operators.scope import Scope
from evoapproxnas.networks.operators.sketch import IMAGE, Sketch, Step

_NOT_NORMALIZED = ("conv2d", "depthwise_conv2d")

Edge = tuple[int, int]
"""Number of the step that reads, and which of its inputs; the output reads as `IMAGE`."""


@operator(weight=2.0)
def insertion(scope: Scope, parents: Sequence[Parent], rng: np.random.Generator) -> Draft | None:
    """Splice a node kind that convolves into a connection, so that it can begin as an identity.

    It keeps the map's size and, where the value lists have them, its channels, and activates as
    the map before it is activated. A plain convolution brings its batch norm and activation
    along, if the space has these.
    """
    sketch = parents[0].sketch
    kinds = scope.space.kinds
    functions = [f for f, b in enumerate(kinds) if b.kind.convolves and b.kind.arity == 1]
    if not functions:
        return None
    edges = _edges(sketch)
    edge = edges[int(rng.integers(len(edges)))]
    function = functions[int(rng.integers(len(functions)))]
    known = _known(scope, sketch, *edge)
    return _spliced(scope, sketch, edge, function, known, rng, words="inserted")


@operator(weight=1.0)
def stage(scope: Scope, parents: Sequence[Parent], rng: np.random.Generator) -> Draft | None:
    """Splice a block that halves the map and doubles its channels into a connection.

    Half of the time that is a network's end: one more stage of the usual pyramid, many weights for
    few multiplications. Anywhere else, all that follows works on smaller maps. The block is of
    the kind of the last one before it that could be it, or else any.
    """
    sketch = parents[0].sketch
    functions = [
        f
        for f, bound in enumerate(scope.space.kinds)
        if "channels" in bound.choices and 2 in bound.choices.get("stride", ())
    ]
    if not functions:
        return None
    edges = _edges(sketch)
    edge = edges[-1] if rng.integers(2) else edges[int(rng.integers(len(edges)))]
    before = sketch.needed(_source(sketch, *edge))
    alike = [f for f in (sketch.steps[n].function for n in before) if f in functions]
    function = alike[-1] if alike else functions[int(rng.integers(len(functions)))]
    known = {**_known(scope, sketch, *edge), "stride": 2}
    if known["channels"] is not None:
        known["channels"] *= 2
    return _spliced(scope, sketch, edge, function, known, rng, words="halves the map")


def _edges(sketch: Sketch) -> list[Edge]:
    """Return all connections; the last one is that of the output, which reads, too."""
    edges = [(n, slot) for n, step in sketch.steps.items() for slot in range(len(step.inputs))]
    return [*edges, (IMAGE, 0)]


def _source(sketch: Sketch, reader: int, slot: int) -> int:
    return sketch.output if reader == IMAGE else sketch.steps[reader].inputs[slot]


def _spliced(
    scope: Scope,
    sketch: Sketch,
    edge: Edge,
    function: int,
    known: dict[str, Any],
    rng: np.random.Generator,
    *,
    words: str,
) -> Draft:
    """Put a node kind with what follows it into a connection."""
    reader, slot = edge
    last = _source(sketch, *edge)
    chain = _chain(scope, function, rectified=known["rectified"])
    if len(chain) > 1:
        known["activation"] = "linear"
    for link in chain:
        number = max(sketch.steps, default=0) + 1
        sketch = sketch.with_step(number, Step(link, (last,), _genes(scope, link, known, rng)))
        last = number
    change = f"{scope.kind(function)} {words}"
    if reader == IMAGE:
        return Draft(Sketch(sketch.steps, last), change)
    step = sketch.steps[reader]
    inputs = (*step.inputs[:slot], last, *step.inputs[slot + 1 :])
    return Draft(sketch.with_step(reader, replace(step, inputs=inputs)), change)


def _chain(scope: Scope, function: int, *, rectified: bool) -> list[int]:
    if scope.kind(function) not in _NOT_NORMALIZED:
        return [function]
    followers = ("batch_norm", "activation") if rectified else ("batch_norm",)
    found = (scope.function(kind) for kind in followers)
    return [function, *(f for f in found if f is not None)]


def _known(scope: Scope, sketch: Sketch, reader: int, slot: int) -> dict[str, Any]:
    """Return what the place says about values by parameter, and whether its map is rectified."""
    source = _source(sketch, reader, slot)
    before = feature_maps(scope, sketch)[source]
    near = [sketch.steps[n] for n in (reader, source) if n != IMAGE]
    names = []
    for step in near:
        gene = scope.slot(step.function, "multiplier")
        if gene is not None:
            names.append(scope.value(step.function, gene, step.parameters[gene]))
    return {
        "rectified": before.rectified,
        "channels": None if source == IMAGE else before.shape[2],
        "stride": 1,
        "activation": "relu" if before.rectified else "linear",
        "function": "relu",
        "preactivation": not before.rectified,
        "bias": False,
        "multiplier": names[0] if names else None,
    }


def _genes(
    scope: Scope, function: int, known: Mapping[str, Any], rng: np.random.Generator
) -> tuple[int, ...]:
    """Choose the parameters of a new node: what is known if it is allowed, else any."""
    chosen = []
    for slot, name in enumerate(scope.space.kinds[function].choices):
        genes = scope.genes(function, slot)
        values = [scope.value(function, slot, gene) for gene in genes]
        wish = known.get(name)
        if name == "channels" and wish is not None:
            wish = min(values, key=lambda value: abs(value - wish))
        position = values.index(wish) if wish in values else int(rng.integers(len(values)))
        chosen.append(genes[position])
    return tuple(chosen)
