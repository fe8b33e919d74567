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
    return _spliced(scope, sketch, functions, {}, rng, words="inserted")


@operator(weight=1.0)
def stage(scope: Scope, parents: Sequence[Parent], rng: np.random.Generator) -> Draft | None:
    """Splice a node kind into a connection that halves the map and doubles its channels.

    At a network's end that is one more stage of the usual pyramid: many weights for few
    multiplications. Anywhere else, all that follows works on smaller maps.
    """
    sketch = parents[0].sketch
    functions = [
        f
        for f, bound in enumerate(scope.space.kinds)
        if "channels" in bound.choices and 2 in bound.choices.get("stride", ())
    ]
    return _spliced(scope, sketch, functions, {"stride": 2}, rng, words="halves the map")


def _spliced(
    scope: Scope,
    sketch: Sketch,
    functions: Sequence[int],
    wishes: Mapping[str, Any],
    rng: np.random.Generator,
    *,
    words: str,
) -> Draft | None:
    """Put one of some node kinds into any connection; a stride of 2 doubles the channels."""
    if not functions:
        return None
    edges = [(n, slot) for n, step in sketch.steps.items() for slot in range(len(step.inputs))]
    edges.append((IMAGE, 0))  # The output reads, too.
    reader, slot = edges[int(rng.integers(len(edges)))]
    source = sketch.output if reader == IMAGE else sketch.steps[reader].inputs[slot]
    known = {**_known(scope, sketch, reader, source), **wishes}
    if known["channels"] is not None:
        known["channels"] *= known["stride"]
    function = functions[int(rng.integers(len(functions)))]
    last = source
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


def _known(scope: Scope, sketch: Sketch, reader: int, source: int) -> dict[str, Any]:
    """Return what the place says about values by parameter, and whether its map is rectified."""
    before = feature_maps(scope, sketch)[source]
    near = [sketch.steps[n] for n in (reader, source) if n != IMAGE]
    names = []
    for step in near:
        slot = scope.slot(step.function, "multiplier")
        if slot is not None:
            names.append(scope.value(step.function, slot, step.parameters[slot]))
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
