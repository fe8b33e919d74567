"""What one conversion was asked for, and what it has done so far."""

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import keras

from evoapproxnas.emulation.conversion.assignment import LayerAssignment, PointAssignments
from evoapproxnas.emulation.conversion.report import LayerReport
from evoapproxnas.quantization import Quantization


@dataclass
class Conversion:
    """The state of one conversion: what is asked, and what has been done so far.

    Attributes:
        assignment: which layer gets which multiplier.
        quantization: of all approximate layers, but for widths that their multiplier says.
        shared: ids of the layers that belong to several models.
        of_own: whether layers inside own layers and models are replaced: where the model itself
            is an own one.
        copies: what was copied, by id of the original; models are not among them.
        norms: what is folded into a layer, by id of the layer.
        models: copies of the nested models, by id of the original.
        report: what became of the layers, in groups: those inside another are reported later.
    """

    assignment: LayerAssignment | PointAssignments
    quantization: Quantization
    shared: Set[int]
    of_own: bool
    copies: dict[int, "Copy"] = field(default_factory=dict)
    norms: dict[int, keras.layers.BatchNormalization] = field(default_factory=dict)
    models: dict[int, keras.Model] = field(default_factory=dict)
    report: list[list[LayerReport]] = field(default_factory=list)

    def fold(self, norms: dict[int, Any]) -> dict[int, Any]:
        """Write down, and return, those norms that no other model has a part in."""
        kept = {
            key: norm
            for key, norm in norms.items()
            if key not in self.shared and id(norm) not in self.shared
        }
        self.norms |= kept
        return kept


class Copy(NamedTuple):
    """A layer or operation, and what takes its place."""

    original: Any
    copy: Any
    path: str
    entries: list[LayerReport]
