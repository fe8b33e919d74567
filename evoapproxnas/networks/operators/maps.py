"""What flows between the nodes of a sketch."""

from dataclasses import dataclass

from evoapproxnas.networks.builder import Group
from evoapproxnas.networks.operators.scope import Scope
from evoapproxnas.networks.operators.sketch import IMAGE, Sketch
from evoapproxnas.networks.ops import Shape

_KEEPS_SIGN = ("max_pool", "average_pool", "dropout", "crop_channels")


@dataclass(frozen=True)
class FeatureMap:
    """A map: its (height, width, channels), and whether no value of it is negative."""

    shape: Shape
    rectified: bool


def feature_maps(scope: Scope, sketch: Sketch) -> dict[int, FeatureMap]:
    """Return the image, as `IMAGE`, and what every step that the output needs puts out."""
    program, _ = sketch.program()
    groups, tensors = scope.space.expand(program)
    maps = {IMAGE: FeatureMap(tensors[0].shape, rectified=False)}
    for number, group, tensor in zip(
        sketch.needed(sketch.output), groups, tensors[1:], strict=True
    ):
        before = [maps[source].rectified for source in sketch.steps[number].inputs]
        maps[number] = FeatureMap(tensor.shape, _rectified(group, before[0]))
    return maps


def _rectified(group: Group, before: bool) -> bool:
    if not group.ops or group.ops[-1].kind in _KEEPS_SIGN:
        return before
    last = group.ops[-1]
    return last.kind == "activation" and last.attributes["function"] in ("relu", "relu6")
