"""Operating points of a layer: the same weights with other multipliers, switched at run time.

Each point has its own multipliers, widths of codes, calibrated range and histogram, and, for each
output channel, a factor and a shift of the sums: what batch normalization whose statistics are
those of the point amounts to, folded into scale and bias (Yu et al., "Slimmable Neural Networks",
ICLR 2019, switch the statistics with the width). In hardware these are registers that a layer has
anyway. What is active are ordinary weights of the layer; switching copies a point's into them.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import keras
import numpy as np

from evoapproxnas.emulation.layers.identity import adopt_groups
from evoapproxnas.emulation.layers.ranged_input import RangedInput
from evoapproxnas.errors import QuantizationError, unknown_name
from evoapproxnas.multipliers import Channels, Multiplier, divided_channels
from evoapproxnas.quantization import check_bits

WIDTHS = ("activation_bits", "weight_bits")


class OperatingPoint(NamedTuple):
    """What multiplies in a layer at one point."""

    multipliers: tuple[Multiplier, ...]
    channel_groups: tuple[Channels, ...] | None
    activation_bits: int
    weight_bits: int


class SwitchableLayer(RangedInput):
    """Mixin: the operating points of a layer, if it has any.

    Attributes:
        points: by name.
        point: the name of the active one, "" if there are none.
    """

    def set_points(self, given: Mapping[str, Mapping[str, Any]] | None, active: str) -> None:
        """Take operating points; the layer has the multipliers of the active one.

        Args:
            given: options `multiplier`, `channel_groups`, `activation_bits` and `weight_bits` by
                name of the point; None: there are none.
            active: the name of one of them; "" is the first.

        Raises:
            QuantizationError: for signed and unsigned multipliers, widths that are none, or
                options that are others.
            UnknownNameError: for an active point that is not among them.
        """
        self.points = {name: _point(name, options) for name, options in (given or {}).items()}
        self.point = active or next(iter(self.points), "")
        if len({point.multipliers[0].signed for point in self.points.values()}) > 1:
            raise QuantizationError(
                f"layer {self.name!r} has signed and unsigned multipliers at its operating points "
                f"{', '.join(self.points)}; its codes are of one kind"
            )
        if self.points:
            self._take(self.point)

    @property
    def all_multipliers(self) -> tuple[Multiplier, ...]:
        """Those of all points."""
        used = [each for point in self.points.values() for each in point.multipliers]
        return tuple(used) or self.multipliers

    @property
    def most_groups(self) -> int:
        """The largest number of groups of channels at any point, 0 for a layer of one multiplier.

        Tuned codes have a row for each.
        """
        counts = [len(point.multipliers) for point in self.points.values()]
        most = max([len(self.multipliers), *counts])
        return most if most > 1 or self.points else 0

    def build_points(self) -> None:
        """Create the weights that hold the points, once the layer has the others."""
        if not self.points:
            return
        count, channels = len(self.points), self.output_channels
        self.points = {
            name: point._replace(channel_groups=self._divided(point))
            for name, point in self.points.items()
        }
        corrections = {"output_factor": np.ones(channels), "output_shift": np.zeros(channels)}
        for name, start in corrections.items():
            setattr(self, name, self._kept(name, start))
        starts = {"input_range": np.full(2, np.nan), "input_histogram": np.zeros(256)}
        starts |= corrections
        if self.quantization.tune_weights:
            rows = (self.most_groups, 256)
            starts["tuned_codes"] = np.broadcast_to(np.arange(256, dtype=np.int32), rows)
        self._stored = {
            name: self._kept(f"point_{name}", np.broadcast_to(start, (count, *start.shape)))
            for name, start in starts.items()
        }

    def switch(self, name: str) -> None:
        """Make a point the active one; graphs that were traced before keep theirs.

        Args:
            name: of the point.

        Raises:
            UnknownNameError: for a point that the layer does not have.
        """
        self._take(name)
        row = list(self.points).index(name)
        for key, stored in self._stored.items():
            getattr(self, key).assign(keras.ops.convert_to_numpy(stored)[row])

    def store_point(self) -> None:
        """Keep what is active as that of the active point."""
        row = list(self.points).index(self.point)
        for key, stored in self._stored.items():
            values = np.array(keras.ops.convert_to_numpy(stored))
            values[row] = keras.ops.convert_to_numpy(getattr(self, key))
            stored.assign(values)

    def points_config(self) -> dict[str, Any]:
        """Return the options that make the points again."""
        if not self.points:
            return {}
        return {
            "operating_points": {name: _config(point) for name, point in self.points.items()},
            "operating_point": self.point,
        }

    def _take(self, name: str) -> None:
        if name not in self.points:
            raise unknown_name("operating point", name, self.points)
        point = self.points[name]
        self.multipliers, self.channel_groups = point.multipliers, point.channel_groups
        self.quantization = self.quantization.with_widths(point.activation_bits, point.weight_bits)
        self.point = name

    def _divided(self, point: OperatingPoint) -> tuple[Channels, ...] | None:
        if len(point.multipliers) == 1:
            return None
        return divided_channels(
            len(point.multipliers), point.channel_groups, self.output_channels, layer=self.name
        )

    def _kept(self, name: str, start: Any) -> Any:
        dtype = "int32" if np.issubdtype(start.dtype, np.integer) else "float32"
        return self.add_weight(
            name=name, shape=start.shape, dtype=dtype, trainable=False,
            initializer=lambda shape, dtype=None: keras.ops.convert_to_tensor(start, dtype),
        )  # fmt: skip


def _point(name: str, options: Mapping[str, Any]) -> OperatingPoint:
    known = ("multiplier", "channel_groups", *WIDTHS)
    if not isinstance(options, Mapping) or "multiplier" not in options or {*options} - {*known}:
        raise QuantizationError(
            f"expected for operating point {name!r} of a layer a mapping with 'multiplier' and, "
            f"as needed, {', '.join(known[1:])}, got {options!r:.80}"
        )
    multipliers, groups = adopt_groups(options["multiplier"], options.get("channel_groups"))
    activation_bits, weight_bits = (
        check_bits(options.get(f"{operand}_bits", 8), operand=operand)
        for operand in ("activation", "weight")
    )
    return OperatingPoint(multipliers, groups, activation_bits, weight_bits)


def _config(point: OperatingPoint) -> dict[str, Any]:
    """Return the options of a point, multipliers as names and digests."""
    groups = point.channel_groups
    return {
        "multiplier": [multiplier.name for multiplier in point.multipliers],
        "multiplier_digest": [multiplier.digest for multiplier in point.multipliers],
        "channel_groups": None if groups is None else [list(group) for group in groups],
        "activation_bits": point.activation_bits,
        "weight_bits": point.weight_bits,
    }
