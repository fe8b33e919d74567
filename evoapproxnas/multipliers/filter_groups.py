"""Several multipliers in one layer: a group of its output channels, which are its filters, each.

"mul8u_a+mul8u_b" gives either half of a layer's channels one of them; "mul8u_a:0-2,7+mul8u_b:3-6"
says which channels. Both are text that assignments hold, wherever one multiplier is text, too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import index
from typing import Self

from evoapproxnas.errors import MultiplierError, QuantizationError
from evoapproxnas.multipliers.choice import MultiplierChoice
from evoapproxnas.multipliers.multiplier import Multiplier

Channels = tuple[int, ...]
_RANGE = re.compile(r"(\d+)(?:-(\d+))?")
_MOST_CHANNELS = 2**20


@dataclass(frozen=True)
class FilterGroups:
    """What multiplies in the groups of a layer's output channels.

    Activations are read once, whatever the groups, so all choices have the same operand widths.

    Attributes:
        choices: one for each group, at least two.
        channels: of each group, rising; None: groups of equal size, in the order of the channels.

    Raises:
        MultiplierError: for choices that cannot be in one layer, or groups that are none.
    """

    choices: tuple[MultiplierChoice, ...]
    channels: tuple[Channels, ...] | None = None

    def __post_init__(self) -> None:
        """Check choices and channels."""
        if not all(isinstance(choice, MultiplierChoice) for choice in self.choices):
            raise MultiplierError(
                f"expected the MultiplierChoice of each group, got {self.choices!r:.60}; "
                "FilterGroups.of makes groups of names and multipliers"
            )
        if len(self.choices) < 2:
            raise MultiplierError(
                f"expected several multipliers, one for each group of channels, got {self.label!r}"
            )
        if len({(choice.widths, choice.signed) for choice in self.choices}) > 1:
            raise MultiplierError(
                f"the groups of a layer share its codes, so their multipliers are all signed or "
                f"all unsigned and have the same operand widths, got {self.label!r}"
            )
        if self.channels is not None:
            object.__setattr__(self, "channels", checked_channels(self.channels, self.label))
            if len(self.channels) != len(self.choices):
                raise MultiplierError(
                    f"{self.label!r} names {len(self.choices)} multipliers for "
                    f"{len(self.channels)} groups of channels; give one for each"
                )

    @classmethod
    def of(
        cls,
        given: "str | Sequence[str | Multiplier | MultiplierChoice]",
        *,
        widths: tuple[int, int] = (8, 8),
        library: Mapping[str, Multiplier] | None = None,
    ) -> Self:
        """Read groups from text, or give a layer's channels to several multipliers in turn.

        Args:
            given: such as "mul8u_a+mul8u_b", or a list of multipliers.
            widths: of the codes where a multiplier says none.
            library: None is the bundled one with the user's own.

        Raises:
            UnknownNameError: if there is no multiplier of a name.
            MultiplierError: for other text, or multipliers that cannot be in one layer.
        """
        channels: tuple[Channels, ...] | None = None
        parts: Sequence[str | Multiplier | MultiplierChoice]
        if isinstance(given, str):
            named = named_groups(given)
            parts = [name for name, _ in named]
            said = [group for _, group in named if group is not None]
            if said and len(said) < len(parts):
                raise MultiplierError(
                    f"{given!r} says the channels of some groups; say those of all, as in "
                    "'A:0-3+B:4-7', or of none"
                )
            channels = tuple(said) or None
        else:
            parts = given
        choices = [MultiplierChoice.of(part, widths=widths, library=library) for part in parts]
        return cls(tuple(choices), channels)

    def divided(self, count: int, *, layer: str) -> Self:
        """Return the same with the channels of every group.

        Args:
            count: how many output channels the layer has.
            layer: its name, for messages.

        Raises:
            QuantizationError: if the groups do not fit so many channels.
        """
        groups = divided_channels(len(self.choices), self.channels, count, layer=layer)
        return type(self)(self.choices, groups)

    @property
    def portions(self) -> tuple[tuple[MultiplierChoice, float], ...]:
        """Each choice with its share of the layer's channels."""
        if self.channels is None:
            return tuple((choice, 1 / len(self.choices)) for choice in self.choices)
        total = sum(map(len, self.channels))
        pairs = zip(self.choices, self.channels, strict=True)
        return tuple((choice, len(group) / total) for choice, group in pairs)

    @property
    def widths(self) -> tuple[int, int]:
        """Bits of activations and weights."""
        return self.choices[0].widths

    @property
    def signed(self) -> bool:
        """Whether operands are two's complement."""
        return self.choices[0].signed

    @property
    def key(self) -> tuple[object, int, int]:
        """What the products of a layer depend on: tables, their channels, and widths."""
        channels: Sequence[Channels | None] = self.channels or [None] * len(self.choices)
        digests = [choice.multiplier.digest for choice in self.choices]
        return (groups_key(list(zip(digests, channels, strict=True))), *self.widths)

    @property
    def is_exact(self) -> bool:
        """Whether no product has an error."""
        return all(choice.is_exact for choice in self.choices)

    @property
    def name(self) -> str:
        """Text that `of` reads."""
        if self.channels is None:
            return self.label
        pairs = zip(self.choices, self.channels, strict=True)
        return "+".join(f"{choice.name}:{channels_text(group)}" for choice, group in pairs)

    @property
    def label(self) -> str:
        """The same without channels, to be read by people."""
        return "+".join(choice.name for choice in self.choices)

    def __str__(self) -> str:
        """Return the text."""
        return self.name


LayerChoice = MultiplierChoice | FilterGroups
"""What a layer multiplies with."""


def layer_choice(
    given: "str | Multiplier | LayerChoice | Sequence[str | Multiplier | MultiplierChoice]",
    *,
    widths: tuple[int, int] = (8, 8),
    library: Mapping[str, Multiplier] | None = None,
) -> LayerChoice:
    """Read what a layer is given: one multiplier, as `MultiplierChoice.of` takes it, or several.

    Args:
        given: a value, a multiplier, text, or a list of multipliers for groups of equal size.
        widths: of the codes where it says none.
        library: None is the bundled one with the user's own.

    Raises:
        UnknownNameError: if there is no multiplier of a name.
        MultiplierError: for anything else.
    """
    if isinstance(given, FilterGroups):
        return given
    if isinstance(given, (list, tuple)) and len(given) == 1:
        given = given[0]
    if isinstance(given, (list, tuple)) or (isinstance(given, str) and is_grouped(given)):
        return FilterGroups.of(given, widths=widths, library=library)
    return MultiplierChoice.of(given, widths=widths, library=library)  # type: ignore[arg-type]


def grouped(choices: Sequence[MultiplierChoice], channels: Sequence[Channels]) -> LayerChoice:
    """Return what a layer multiplies with whose groups have these choices.

    Groups of the same multiplier become one, and a single one is no group.

    Args:
        choices: one for each group.
        channels: of each group.
    """
    found: dict[object, tuple[MultiplierChoice, list[int]]] = {}
    for choice, group in zip(choices, channels, strict=True):
        found.setdefault(choice.key, (choice, []))[1].extend(group)
    if len(found) == 1:
        return choices[0]
    pairs = list(found.values())
    return FilterGroups(
        tuple(choice for choice, _ in pairs), tuple(tuple(sorted(group)) for _, group in pairs)
    )


def groups_key(groups: Sequence[tuple[str, Channels | None]]) -> object:
    """Return what stands for the tables of a layer and their channels, however it is divided.

    Args:
        groups: digest and channels of each; one without channels has them all.
    """
    found: dict[str, list[Channels | None]] = {}
    for digest, channels in groups:
        found.setdefault(digest, []).append(channels)
    if len(found) == 1:
        return groups[0][0]
    joined = {digest: _joined(parts) for digest, parts in found.items()}
    return tuple(sorted(joined.items()))


def is_grouped(text: str) -> bool:
    """Return whether the text of a layer's choice names several multipliers, or channels.

    Args:
        text: such as "mul8u_a+mul8u_b", or of one multiplier.
    """
    return "+" in text or ":" in text


def label_of(text: str) -> str:
    """Return the text of a layer's choice without its channels.

    Args:
        text: such as "mul8u_a:0-3+mul8u_b:4-7", or of one multiplier.
    """
    return "+".join(name for name, _ in named_groups(text))


def named_groups(text: str) -> list[tuple[str, Channels | None]]:
    """Return the names and channels in the text of a layer's choice, without any library.

    Args:
        text: such as "mul8u_a:0-3+mul8u_b:4-7"; one name is one group.

    Raises:
        MultiplierError: for other text.
    """
    found: list[tuple[str, Channels | None]] = []
    for part in text.split("+"):
        name, colon, channels = part.partition(":")
        if not name.strip():
            raise MultiplierError(
                f"expected a multiplier for each group of channels, such as 'A+B' or "
                f"'A:0-3+B:4-7', got {text!r:.80}"
            )
        found.append((name.strip(), _read(channels, text) if colon else None))
    return found


def channels_text(channels: Sequence[int]) -> str:
    """Return channels as text: "0-2,7".

    Args:
        channels: rising.
    """
    runs: list[list[int]] = []
    for channel in channels:
        if runs and channel == runs[-1][1] + 1:
            runs[-1][1] = channel
        else:
            runs.append([channel, channel])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def divided_channels(
    groups: int, channels: Sequence[Sequence[int]] | None, count: int, *, layer: str
) -> tuple[Channels, ...]:
    """Return the channels of every group of a layer.

    Args:
        groups: how many there are.
        channels: of each, if they are known; else all get as many.
        count: how many output channels the layer has.
        layer: its name, for messages.

    Raises:
        QuantizationError: if the groups do not fit so many channels.
    """
    if channels is not None:
        said = sum(len(group) for group in channels)
        if said != count:
            raise QuantizationError(
                f"layer {layer!r} has {count} output channels, its groups of channels name 0 to "
                f"{said - 1}: they belong to another layer"
            )
        return tuple(tuple(group) for group in channels)
    if groups > count or count % groups:
        problem = "more than its channels" if groups > count else "which does not divide them"
        raise QuantizationError(
            f"layer {layer!r} has {count} output channels and was given {groups} groups, "
            f"{problem}; possible are {possible_groups(count)} groups of equal size, or say which "
            "channels each multiplier has, as in 'A:0-3+B:4-7'"
        )
    size = count // groups
    return tuple(tuple(range(i, i + size)) for i in range(0, count, size))


def checked_channels(channels: Sequence[Sequence[int]], label: str) -> tuple[Channels, ...]:
    """Return groups of channels, each rising.

    Args:
        channels: of each group, all together 0 to n - 1.
        label: names the multipliers, for messages.

    Raises:
        MultiplierError: if they are no lists of whole numbers, a group is empty, or a channel is
            missing or is there twice.
    """
    try:
        groups = tuple(tuple(sorted(map(index, group))) for group in channels)
    except TypeError as error:
        raise MultiplierError(
            f"the channels of the groups of {label!r} are lists of whole numbers, such as "
            f"[[0, 1], [2, 3]], got {channels!r:.60}"
        ) from error
    together = sorted(channel for group in groups for channel in group)
    if together != list(range(len(together))) or not all(groups):
        twice = sorted({a for a, b in pairwise(together) if a == b})
        missing = sorted(set(range(max(together, default=0) + 1)) - set(together))
        told = f"twice: {twice[:8]}" if twice else f"missing: {missing[:8]}"
        if not all(groups):
            told = f"group {groups.index(()) + 1} is empty"
        raise MultiplierError(
            f"the groups of {label!r} must hold every channel from 0 once and none be empty "
            f"({told})"
        )
    return groups


def possible_groups(count: int) -> str:
    """Return, as text, into how many groups of equal size channels can be divided.

    Args:
        count: of channels.
    """
    return ", ".join(str(n) for n in range(1, count + 1) if count % n == 0)


def _joined(parts: Sequence[Channels | None]) -> Channels:
    return tuple(sorted(channel for part in parts for channel in part or ()))


def _read(text: str, whole: str) -> Channels:
    """Return the channels that "0-2,7" means."""
    channels: list[int] = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if not first <= last < _MOST_CHANNELS:
            raise MultiplierError(
                f"expected channels such as 0-3,7 after the multiplier of a group, got "
                f"{text!r:.40} in {whole!r:.80}"
            )
        channels.extend(range(first, last + 1))
    return tuple(channels)
