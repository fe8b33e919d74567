"""What a conversion did, layer by layer."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, get_args

import keras

from evoapproxnas.errors import QuantizationError
from evoapproxnas.html import card, scrolled, table

_Action = Literal["approximated", "folded", "exact"]


@dataclass(frozen=True)
class LayerReport:
    """What became of one layer.

    Attributes:
        path: the layer's name, inside nested models "model/layer".
        action: "approximated", "folded" (into `detail`) or "exact" (because of `detail`).
        detail: the multiplier, the absorbing layer, or the reason.
    """

    path: str
    action: _Action
    detail: str


@dataclass(frozen=True, repr=False)
class ConversionReport:
    """What became of the layers with weights, and of operations that sum products without any.

    Attributes:
        layers: one entry each, in the order of the network.
        not_compiled: why the converted model is not compiled though the original was, else "".
    """

    layers: tuple[LayerReport, ...]
    not_compiled: str = ""

    def paths(self, action: str) -> tuple[str, ...]:
        """Return the paths of the layers with this action.

        Args:
            action: "approximated", "folded" or "exact".
        """
        return tuple(layer.path for layer in self.layers if layer.action == action)

    def marked(self, paths: Iterable[str], remark: str) -> "ConversionReport":
        """Return the report with a remark at some layers, or at the layers that hold them.

        Args:
            paths: of layers, also of such inside nested models.
            remark: what is added to their detail.
        """
        marked = {layer.path for layer in self.layers for path in paths
                  if f"{path}/".startswith(f"{layer.path}/")}  # fmt: skip
        layers = (
            replace(layer, detail=f"{layer.detail}; {remark}") if layer.path in marked else layer
            for layer in self.layers
        )
        return replace(self, layers=tuple(layers))

    def __str__(self) -> str:
        """Return one line per layer, and one if the model is not compiled."""
        width = max((len(layer.path) for layer in self.layers), default=0)
        lines = [
            f"{layer.path:<{width}}  {layer.action:<12}  {layer.detail}" for layer in self.layers
        ]
        return "\n".join(
            lines + ([f"not compiled: {self.not_compiled}"] * bool(self.not_compiled))
        )

    def __repr__(self) -> str:
        """Return how many layers there are of each action, then what `str` returns."""
        return f"layers: {self._counted()}\n{self}"

    def _repr_html_(self) -> str:
        """Show the layers as a table in a notebook."""
        rows = [(layer.path, layer.action, layer.detail) for layer in self.layers]
        layers = scrolled(table(("layer", "became", "by, into or because of"), rows))
        reason = f"not compiled: {self.not_compiled}" if self.not_compiled else ""
        note = "; ".join(filter(None, (self._counted(), reason)))
        return card("What became of the layers", layers, note=note)

    def _counted(self) -> str:
        return ", ".join(f"{len(self.paths(a))} {a}" for a in get_args(_Action))


def conversion_report(model: keras.Model) -> ConversionReport:
    """Return the report of a model that `approximate` returned in this process.

    Args:
        model: the converted one.

    Raises:
        QuantizationError: for any other model; reports are not saved with a model.
    """
    report = getattr(model, "_conversion_report", None)
    if not isinstance(report, ConversionReport):
        raise QuantizationError(
            f"model {model.name!r} has no conversion report; it is kept on the model that "
            "approximate() returns, not in saved files"
        )
    return report
