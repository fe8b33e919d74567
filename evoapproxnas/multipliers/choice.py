"""What a layer can be given: a multiplier with the widths of the codes it is fed.

Mixed precision: "mul8u_exact_a6w4" multiplies 6 by 4 bits, and so its layer is quantized;
"mul8u_or8_v6@a6w4" is an 8-bit circuit that is fed codes of 6 and 4 bits. Both are text that
configurations, assignments and genes hold.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers.library import Library, load_library
from evoapproxnas.multipliers.multiplier import Multiplier
from evoapproxnas.multipliers.narrow import OperandWidths
from evoapproxnas.quantization import exact_name

_TEXT = re.compile(r"(?P<name>[^@]+)@a(?P<activation>\d+)w(?P<weight>\d+)")
_WIDTHS = re.compile(r"a?(\d+)(?:[wx](\d+))?")


@dataclass(frozen=True)
class MultiplierChoice:
    """A multiplier with operand widths.

    Attributes:
        multiplier: the circuit; its own energy counts, whatever it is fed.
        activation_bits: width of the activations' codes, 2 to 8.
        weight_bits: width of the weights' codes.

    Raises:
        MultiplierError: for what is no multiplier, or widths that it does not read.
    """

    multiplier: Multiplier
    activation_bits: int = 8
    weight_bits: int = 8

    def __post_init__(self) -> None:
        """Check multiplier and widths."""
        if not isinstance(self.multiplier, Multiplier):
            raise MultiplierError(
                f"expected a Multiplier, got {self.multiplier!r:.60}; names are read by "
                f"MultiplierChoice.of(NAME, widths=({self.activation_bits}, {self.weight_bits}))"
            )
        OperandWidths(self.activation_bits, self.weight_bits)
        most = own_widths(self.multiplier)
        if self.activation_bits > most[0] or self.weight_bits > most[1]:
            raise MultiplierError(
                f"multiplier {self.multiplier.name!r} reads {most[0]} bits of an activation and "
                f"{most[1]} of a weight, got codes of {self.activation_bits} and "
                f"{self.weight_bits} bits"
            )

    @classmethod
    def of(
        cls,
        choice: "str | Multiplier | MultiplierChoice",
        *,
        widths: tuple[int, int] = (8, 8),
        library: Mapping[str, Multiplier] | None = None,
    ) -> "MultiplierChoice":
        """Read a choice: a value, a multiplier, its name, or "NAME@a6w4".

        Args:
            choice: what a layer was given.
            widths: of the codes where the choice says none; narrower where the multiplier is.
            library: None is the bundled one with the user's own.

        Raises:
            UnknownNameError: if there is no multiplier of that name.
            MultiplierError: for anything else, or widths that the multiplier does not read.
        """
        if isinstance(choice, MultiplierChoice):
            return choice
        if isinstance(choice, Multiplier):
            own = own_widths(choice)
            return cls(choice, min(widths[0], own[0]), min(widths[1], own[1]))
        if not isinstance(choice, str):
            raise MultiplierError(
                f"expected a multiplier, its name, or NAME@a6w4, got {choice!r:.60}"
            )
        names = load_library() if library is None else library
        if "+" in choice and choice not in names:
            raise MultiplierError(
                f"expected one multiplier, got several for groups of channels, {choice!r:.80}; "
                "only a layer's own choice can name several"
            )
        match = _TEXT.fullmatch(choice)
        if match is None:
            return cls.of(names[choice], widths=widths)
        return cls(names[match["name"]], int(match["activation"]), int(match["weight"]))

    @classmethod
    def exact(
        cls, *, signed: bool = False, activation_bits: int = 8, weight_bits: int = 8
    ) -> Self:
        """Return the exact multiplier of operands of these widths, with them.

        Args:
            signed: whether operands are two's complement.
            activation_bits: width of the activations' codes, 2 to 8.
            weight_bits: width of the weights' codes, 2 to 8.

        Raises:
            MultiplierError: if a width is not from 2 to 8.
        """
        name = OperandWidths(activation_bits, weight_bits, signed).name
        return cls(load_library()[name], activation_bits, weight_bits)

    @property
    def widths(self) -> tuple[int, int]:
        """Bits of activations and weights."""
        return self.activation_bits, self.weight_bits

    @property
    def signed(self) -> bool:
        """Whether operands are two's complement."""
        return self.multiplier.signed

    @property
    def portions(self) -> tuple[tuple[Self, float], ...]:
        """Itself, with all of a layer's channels; see `FilterGroups`."""
        return ((self, 1.0),)

    @property
    def key(self) -> tuple[str, int, int]:
        """What the products of a layer depend on: table and widths."""
        return self.multiplier.digest, *self.widths

    @property
    def is_exact(self) -> bool:
        """Whether products of such operands have no error."""
        multiplier = self.multiplier
        exact8 = exact_multiplier(signed=multiplier.signed)
        return multiplier.digest == exact8.digest or own_widths(multiplier) != (8, 8)

    @property
    def name(self) -> str:
        """Text that `of` reads: the multiplier's name alone where it says the widths."""
        if self.widths == own_widths(self.multiplier):
            return self.multiplier.name
        return f"{self.multiplier.name}@a{self.activation_bits}w{self.weight_bits}"

    @property
    def label(self) -> str:
        """The same, to be read by people."""
        return self.name

    def __str__(self) -> str:
        """Return the text."""
        return self.name


def match_choices(patterns: str | Iterable[str], library: Library) -> tuple[str, ...]:
    """Return the texts of choices that names and patterns mean, with "@a6w4" or without.

    Args:
        patterns: such as "mul8u_or*@a7w6" or "mul8u_exact_a6w4".
        library: whose multipliers are meant; each pattern gives them in the order of its catalogs.

    Raises:
        UnknownNameError: if one of them matches nothing.
        MultiplierError: for one that names several multipliers of one layer.
    """
    texts: dict[str, None] = {}
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        if "+" in pattern:
            raise MultiplierError(
                f"expected names or patterns of single multipliers, got {pattern!r:.80}, several "
                "for groups of channels; approximate(model, ...) takes these, assign --groups "
                "chooses them"
            )
        names, at, widths = pattern.partition("@")
        texts |= dict.fromkeys(f"{name}{at}{widths}" for name in library.match(names))
    return tuple(texts)


def multiplier_name(text: str) -> str:
    """Return the name of the multiplier in the text of a choice.

    Args:
        text: such as "mul8u_or8_v6@a6w4".
    """
    return text.partition("@")[0]


def own_widths(multiplier: Multiplier) -> tuple[int, int]:
    """Return the most bits of activation and weight that a multiplier reads.

    Only the exact ones are narrow: a table of somebody's own reads 8 bits, however it is called.

    Args:
        multiplier: whose name says them.
    """
    widths = OperandWidths.parse(multiplier.name)
    if widths is None or load_library().entry(multiplier.name).digest != multiplier.digest:
        return 8, 8
    return widths.activation_bits, widths.weight_bits


def exact_multiplier(*, signed: bool = False) -> Multiplier:
    """Return the exact 8-bit multiplier of a signedness, which energies are relative to.

    Args:
        signed: whether operands are two's complement.
    """
    return load_library()[exact_name(signed=signed)]


def parse_widths(text: str | int) -> tuple[int, int]:
    """Read operand widths: "6" for both, "a6w4" or "6x4" for activation and weight.

    Args:
        text: what somebody wrote.

    Raises:
        MultiplierError: for other text, or widths that are not from 2 to 8.
    """
    match = _WIDTHS.fullmatch(str(text))
    if match is None:
        raise MultiplierError(f"expected operand widths such as 6 or a6w4, got {text!r}")
    widths = OperandWidths(int(match[1]), int(match[2] or match[1]))
    return widths.activation_bits, widths.weight_bits
