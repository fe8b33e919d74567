"""What the names of ports tell: which bits are one number, and which of two buses is its top."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

_NUMBER = re.compile(r"(.*?)(\d{1,6})(\D*)", re.DOTALL | re.ASCII)
_BRACKETS = "[]<>(){}_. "
_WORDS = (
    ("high", "low"),
    ("hi", "lo"),
    ("upper", "lower"),
    ("top", "bottom"),
    ("msb", "lsb"),
    ("msw", "lsw"),
    ("ms", "ls"),
    ("h", "l"),
)


@dataclass(frozen=True)
class Port:
    """A port of a circuit that somebody else wrote.

    Attributes:
        name: as its file has it.
        nets: the net of every bit, least significant first, as the language defines it.
        labels: how a bit is called in the file, such as "A[7]"; the name itself for one bit.
    """

    name: str
    nets: tuple[str, ...]
    labels: tuple[str, ...]

    @classmethod
    def of_bit(cls, net: str, *, label: str) -> "Port":
        """Return a port of one bit."""
        return cls(label, (net,), (label,))


class Numbered(NamedTuple):
    """A name with a number in it, the last one: what stands before it, the number, the rest."""

    before: str
    number: int
    after: str

    @property
    def series(self) -> tuple[str, str]:
        """What all names of one series share."""
        return self.before, self.after


def numbered(name: str) -> Numbered | None:
    """Split a name at its last number; None if there is none, or one of absurd length."""
    match = _NUMBER.fullmatch(name)
    if match is None or match[1][-1:].isdigit():
        return None
    return Numbered(match[1], int(match[2]), match[3])


def gather(ports: Sequence[Port]) -> list[Port]:
    """Join ports of one bit to buses by the numbers in their names; other ports stay.

    "a7", "a_7", "a_7_", "a<7>" and "a[7]" are bit 7 of a, wherever they are declared.

    Returns:
        The buses, in the order in which their first bits are declared. Bits of which one is
        numbered twice, or one in between is missing, are no bus.
    """
    found: dict[object, list[Port]] = {}
    for port in ports:
        split = numbered(port.name) if len(port.nets) == 1 else None
        found.setdefault(split.series if split else port.name, []).append(port)
    return [bus for group in found.values() for bus in _buses(group)]


def _buses(bits: Sequence[Port]) -> list[Port]:
    order = sorted(bits, key=_number)
    numbers = [_number(bit) for bit in order]
    if len(bits) == 1 or numbers != list(range(numbers[0], numbers[0] + len(bits))):
        return list(bits)
    before, _, after = numbered(bits[0].name) or Numbered(bits[0].name, 0, "")
    name = before.strip(_BRACKETS) + after.strip(_BRACKETS)
    nets = tuple(bit.nets[0] for bit in order)
    return [Port(name or "?", nets, tuple(bit.labels[0] for bit in order))]


def _number(port: Port) -> int:
    split = numbered(port.name)
    return split.number if split else 0


def most_significant_first(buses: Sequence[Port]) -> list[Port] | None:
    """Order the parts of one number by their names; None where these do not tell.

    Names that differ in a number from 0 on only ("p1", "p0") tell, and two that differ in one of
    a pair of words such as high and low, hi and lo, msb and lsb, H and L.
    """
    splits = [numbered(bus.name) for bus in buses]
    if all(splits) and len({split.series for split in splits if split}) == 1:
        order = sorted(buses, key=_number, reverse=True)
        if [_number(bus) for bus in reversed(order)] == list(range(len(buses))):
            return order
    if len(buses) == 2:
        first, second = (bus.name.lower() for bus in buses)
        if _is_above(first, second):
            return list(buses)
        if _is_above(second, first):
            return list(reversed(buses))
    return None


def _is_above(first: str, second: str) -> bool:
    """Tell whether a name becomes another where its word for the upper part is exchanged."""
    for high, low in _WORDS:
        places = [match.start() for match in re.finditer(high, first)]
        if any(first[:at] + low + first[at + len(high) :] == second for at in places):
            return True
    return False


def is_first_operand(name: str, other: str) -> bool:
    """Tell whether a name says that its port is A, and the other one is not.

    It is called A or a, or has an a wherever the other one has a b instead.
    """
    mine, others = name.lower(), other.lower()
    if mine == "a" or others == "a":
        return mine == "a" and others != "a"
    pairs = set(zip(mine, others, strict=False))
    unequal = {pair for pair in pairs if pair[0] != pair[1]}
    return len(mine) == len(others) and unequal == {("a", "b")}
