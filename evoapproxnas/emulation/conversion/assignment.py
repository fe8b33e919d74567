"""Which multiplier each layer of a model gets: one, or by name, pattern or function."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import keras

from evoapproxnas.emulation.conversion.counterparts import inner_layers, is_graph, replaceable
from evoapproxnas.errors import QuantizationError, unknown_name
from evoapproxnas.multipliers import (
    FilterGroups,
    LayerChoice,
    Multiplier,
    MultiplierChoice,
    layer_choice,
)

_One = str | Multiplier | LayerChoice
Choice = _One | Sequence[str | Multiplier | MultiplierChoice] | None
Assignment = _One | Mapping[str, Choice] | Callable[[keras.Layer], Choice]
_ONE = (str, Multiplier, MultiplierChoice, FilterGroups)


@dataclass(frozen=True)
class LayerAssignment:
    """An assignment with every multiplier and its operand widths resolved.

    Attributes:
        named: by layer name or path; None keeps the layer exact.
        patterns: shell patterns over names and paths, the first that matches decides.
        function: what decides for all other layers.
    """

    named: Mapping[str, LayerChoice | None]
    patterns: Mapping[str, LayerChoice | None]
    function: Callable[[keras.Layer], LayerChoice | None]

    def names(self, layer: keras.Layer, path: str) -> bool:
        """Return whether the layer is asked for by its own name or path."""
        keys = self.named.keys() & {path, layer.name}
        return any(self.named[key] is not None for key in keys)

    def choice_of(self, layer: keras.Layer, path: str) -> LayerChoice | None:
        """Return the multiplier of a replaceable layer, None to keep it exact."""
        for name in (path, layer.name):
            if name in self.named:
                return self.named[name]
        for pattern, choice in self.patterns.items():
            if _matches(pattern, layer, path):
                return choice
        return self.function(layer)

    def points_of(self, layer: keras.Layer, path: str) -> dict[str, LayerChoice]:
        """Return what a layer gets at each operating point; there are none."""
        return {}


@dataclass(frozen=True)
class PointAssignments:
    """The assignments of several operating points of a model.

    Attributes:
        points: by name.
    """

    points: Mapping[str, LayerAssignment]

    def names(self, layer: keras.Layer, path: str) -> bool:
        """Return whether some point asks for the layer by its own name or path."""
        return any(point.names(layer, path) for point in self.points.values())

    def choice_of(self, layer: keras.Layer, path: str) -> LayerChoice | None:
        """Return the multiplier of a layer at the first point, None if none has one for it."""
        return next(iter(self.points_of(layer, path).values()), None)

    def points_of(self, layer: keras.Layer, path: str) -> dict[str, LayerChoice]:
        """Return what a layer gets at each point, {} if it stays exact at all of them.

        Points that would leave it exact multiply exactly in 8 bits: one layer is not both.

        Raises:
            QuantizationError: for signed multipliers at one point and unsigned ones at another.
        """
        found = {name: point.choice_of(layer, path) for name, point in self.points.items()}
        given = [choice for choice in found.values() if choice is not None]
        if not given:
            return {}
        if len({choice.signed for choice in given}) > 1:
            raise QuantizationError(
                f"layer {path!r} has signed and unsigned multipliers at the operating points "
                f"{', '.join(self.points)}; its codes are of one kind"
            )
        exact = MultiplierChoice.exact(signed=given[0].signed)
        return {name: choice or exact for name, choice in found.items()}


def resolve_assignment(
    model: keras.Model, assignment: Assignment, *, widths: tuple[int, int] = (8, 8)
) -> LayerAssignment:
    """Check an assignment against the layers of a model.

    Args:
        model: whose layers.
        assignment: a multiplier for all layers; a mapping from layer names, paths ("block/conv")
            or shell patterns over them to multipliers, where names go before patterns and None
            keeps a layer exact; or a function from layer to multiplier or None. A multiplier may
            say operand widths, see `MultiplierChoice`; a layer may get several, one for each
            group of its output channels, see `FilterGroups`.
        widths: of the operands where it says none.

    Raises:
        UnknownNameError: for an unknown multiplier, or a name that no layer has.
        QuantizationError: for a pattern that matches no layer that can be approximated, or a
            value that is no multiplier.
    """
    if isinstance(assignment, _ONE):
        choice_of_all = layer_choice(assignment, widths=widths)
        return LayerAssignment({}, {}, lambda layer: choice_of_all)
    if callable(assignment):
        function = assignment
        return LayerAssignment(
            {}, {}, lambda layer: _resolved(function(layer), layer.name, widths)
        )
    if not isinstance(assignment, Mapping):
        raise QuantizationError(
            "multiplier must be a name, a Multiplier, a mapping from layer names or patterns, or "
            f"a function of a layer, got {type(assignment).__name__}"
        )
    layers = _layers_by_path(model)
    known = set(layers) | {layer.name for layer in layers.values()}
    named, patterns = {}, {}
    for key, choice in assignment.items():
        if key in known:
            named[key] = _resolved(choice, key, widths)
        else:
            _check_pattern(key, layers, known)
            patterns[key] = _resolved(choice, key, widths)
    return LayerAssignment(named, patterns, lambda layer: None)


def _resolved(choice: Any, where: str, widths: tuple[int, int]) -> LayerChoice | None:
    if choice is None:
        return None
    if not isinstance(choice, (*_ONE, list, tuple)):
        raise QuantizationError(
            f"the multiplier of {where!r} must be a name, a Multiplier, several of them for "
            f"groups of channels, or None to keep the layer exact, got {type(choice).__name__}"
        )
    return layer_choice(choice, widths=widths)


def _check_pattern(pattern: str, layers: Mapping[str, keras.Layer], known: set[str]) -> None:
    if not set(pattern) & set("*?["):
        raise unknown_name("layer", pattern, known)
    matching = {p: layer for p, layer in layers.items() if _matches(pattern, layer, p)}
    if not any(replaceable(layer) for layer in matching.values()):
        raise QuantizationError(
            f"pattern {pattern!r} matches no layer that can be approximated, only "
            f"{sorted(matching)}; the model's layers are {sorted(layers)}"
        )


def _matches(pattern: str, layer: keras.Layer, path: str) -> bool:
    return fnmatchcase(path, pattern) or fnmatchcase(layer.name, pattern)


def _layers_by_path(model: keras.Model) -> dict[str, keras.Layer]:
    """Return the layers of a model and those inside them, by path."""
    return dict(_walk(model, "", of_own=not is_graph(model)))


def _walk(layer: Any, prefix: str, *, of_own: bool) -> Iterator[tuple[str, keras.Layer]]:
    for inner in inner_layers(layer, of_own=of_own):
        yield prefix + inner.name, inner
        yield from _walk(inner, f"{prefix}{inner.name}/", of_own=of_own)
