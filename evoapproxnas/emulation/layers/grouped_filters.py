"""What multiplies in a layer: one multiplier, or one for each group of output channels."""

from collections.abc import Sequence
from typing import Any

import keras

from evoapproxnas.emulation.layers.identity import adopt_groups, recall
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Channels, Multiplier, divided_channels, groups_key
from evoapproxnas.quantization import Quantization


class GroupedFilters(keras.layers.Layer):
    """Mixin: the multipliers of a layer, and the output channels that each of them has.

    Attributes:
        multipliers: one, or one for each group of channels.
        channel_groups: the channels of each; None for one multiplier, and, where groups are of
            equal size, until the layer is built.
    """

    quantization: Quantization
    multipliers: tuple[Multiplier, ...]
    channel_groups: tuple[Channels, ...] | None

    def set_multipliers(self, given: Any, channel_groups: Any = None) -> None:
        """Take what multiplies.

        Args:
            given: a name, a `Multiplier`, or several, see `FilterGroups`.
            channel_groups: the channels of each of several; None: as they say, or equal groups.

        Raises:
            QuantizationError: for what is none of these, or groups that do not fit.
            UnknownNameError: for a name that the library does not have.
        """
        self.multipliers, self.channel_groups = adopt_groups(given, channel_groups)
        if self.built:
            self.divide_channels()

    def divide_channels(self) -> None:
        """Give the groups of a layer, whose kernel is known, their channels.

        Raises:
            QuantizationError: if its channels cannot be divided so.
        """
        if len(self.multipliers) > 1:
            self.channel_groups = divided_channels(
                len(self.multipliers), self.channel_groups, self.output_channels, layer=self.name
            )

    @property
    def output_channels(self) -> int:
        """How many there are; the layer is built."""
        raise NotImplementedError

    @property
    def multiplier(self) -> Multiplier:
        """The multiplier of all channels.

        Raises:
            QuantizationError: if there are several.
        """
        if len(self.multipliers) > 1:
            raise QuantizationError(
                f"layer {self.name!r} has {len(self.multipliers)} multipliers, a group of output "
                "channels each; see its multipliers and channel_groups"
            )
        return self.multipliers[0]

    @property
    def signed(self) -> bool:
        """Whether the operands of its multipliers are two's complement."""
        return self.multipliers[0].signed

    @property
    def parts(self) -> Sequence[tuple[Multiplier, Channels | None]]:
        """The multipliers with their channels, each once: groups of the same are one."""
        groups = self.channel_groups
        if groups is None or len({m.digest for m in self.multipliers}) == 1:
            return [(self.multipliers[0], None)]
        found: dict[str, tuple[Multiplier, list[int]]] = {}
        for multiplier, channels in zip(self.multipliers, groups, strict=True):
            found.setdefault(multiplier.digest, (multiplier, []))[1].extend(channels)
        return [(multiplier, tuple(sorted(channels))) for multiplier, channels in found.values()]

    @property
    def products_key(self) -> tuple[Any, int, int]:
        """What its products depend on: tables, their channels, and widths of codes."""
        groups = self.channel_groups or (None,)
        pairs = [(m.digest, c) for m, c in zip(self.multipliers, groups, strict=True)]
        return (groups_key(pairs), *self.quantization.widths)

    def multiplier_config(self) -> dict[str, Any]:
        """Return what `with_multiplier` reads: names and digests."""
        if len(self.multipliers) == 1:
            only = self.multipliers[0]
            return {"multiplier": only.name, "multiplier_digest": only.digest}
        groups = self.channel_groups
        return {
            "multiplier": [m.name for m in self.multipliers],
            "multiplier_digest": [m.digest for m in self.multipliers],
            "channel_groups": None if groups is None else [list(group) for group in groups],
        }


def with_multiplier(config: dict[str, Any]) -> dict[str, Any]:
    """Return a saved layer's options with the multipliers themselves for names and digests.

    Raises:
        MultiplierError: if a multiplier is missing or has a different table.
    """
    config = dict(config)
    if points := config.get("operating_points"):
        whole = {name: with_multiplier(options) for name, options in points.items()}
        config["operating_points"] = whole
    digest = config.pop("multiplier_digest", None)
    if isinstance(digest, str):
        config["multiplier"] = recall(config["multiplier"], digest)
    elif digest is not None:
        named = zip(config["multiplier"], digest, strict=True)
        config["multiplier"] = [recall(*each) for each in named]
    return config
