"""Which ports are the operands and the product, as a user writes it: a=x,b=y,product=hi:lo.

A part is a port or a bus of ports ("x"), one bit of it ("x[3]"), or a series of ports or bits
whose names differ in one number ("a7..a0"). Parts are joined by colons. Everything goes from most
to least significant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evoapproxnas.circuits.port_names import Port, numbered
from evoapproxnas.errors import NetlistError, did_you_mean

SYNTAX = "a=PORT,b=PORT,product=HIGH:LOW, or bits as in a=a7..a0, most significant first"

_WIDTHS = {"a": 8, "b": 8, "product": 16}


@dataclass(frozen=True)
class PortLayout:
    """Parts of the operands and the product, most significant first; empty where not given."""

    a: tuple[str, ...]
    b: tuple[str, ...]
    product: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "PortLayout":
        """Read "a=x,b=y,product=hi:lo"; either the operands or the product may be left out.

        Raises:
            NetlistError: if the text is not of this form.
        """
        given: dict[str, tuple[str, ...]] = {}
        for item in text.split(","):
            key, equals, value = (part.strip() for part in item.partition("="))
            parts = tuple(part.strip() for part in value.split(":"))
            if not equals or key not in _WIDTHS or key in given or not all(parts):
                raise NetlistError(f"ports (--ports) are given as {SYNTAX}; got {item!r}")
            given[key] = parts
        if ("a" in given) != ("b" in given):
            raise NetlistError(f"ports (--ports) need both operands, a and b; got {text!r}")
        return cls(*(given.get(key, ()) for key in _WIDTHS))

    def bits(self, key: str, ports: Sequence[Port], *, where: str) -> tuple[str, ...]:
        """Return the nets of "a", "b" or "product", least significant first.

        Args:
            key: which.
            ports: where to look for them, buses that were gathered from bits among them.
            where: names the circuit in error messages.

        Raises:
            NetlistError: if a part is not among them, or there are not 8 bits, 16 of a product.
        """
        known = {label: net for port in ports for label, net in _bits_of(port)}
        whole = {port.name: port.nets[::-1] for port in ports}
        parts: tuple[str, ...] = getattr(self, key)
        nets = [net for part in parts for net in _nets(part, whole, known, f"{where}: {key}")]
        if len(nets) != _WIDTHS[key] or len(set(parts)) != len(parts):
            raise NetlistError(
                f"{where}: {key}={':'.join(parts)} in ports (--ports) must name "
                f"{_WIDTHS[key]} bits, each once, got {len(nets)}"
            )
        return tuple(reversed(nets))


def _bits_of(port: Port) -> list[tuple[str, str]]:
    return list(zip(port.labels, port.nets, strict=True))


def _nets(
    part: str, whole: Mapping[str, Sequence[str]], known: Mapping[str, str], where: str
) -> list[str]:
    """Return the nets of a part, most significant first."""
    if part in whole:
        return list(whole[part])
    names = _series(part) if ".." in part else [part]
    for name in names:
        if name not in known and name not in whole:
            listed = [*whole, *(label for label in known if label not in whole)]
            raise NetlistError(
                f"{where} in ports (--ports): there is no port or bit {name!r}; "
                f"{did_you_mean(name, listed)}"
            )
    return [net for name in names for net in ([known[name]] if name in known else whole[name])]


def _series(part: str) -> list[str]:
    """Return the names from one to the other; both themselves if they are no series."""
    names = part.split("..")
    first, last = numbered(names[0]), numbered(names[-1])
    if len(names) != 2 or not first or not last or first.series != last.series:
        return [part]
    step = 1 if last.number >= first.number else -1
    numbers = range(first.number, last.number + step, step)
    return [f"{first.before}{number}{first.after}" for number in numbers[:_MOST]]


_MOST = 64
"""Names of a series that are looked at; a product has 16 bits."""
