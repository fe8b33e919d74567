"""Families of generated multipliers by name, with their options as text or as values."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from evoapproxnas.circuits.generators import ariths, drum, mitchell, narrow, or_columns
from evoapproxnas.circuits.netlist import Netlist
from evoapproxnas.errors import NetlistError, unknown_name


@dataclass(frozen=True)
class Family:
    """A generator: a function of integers and choices that returns a netlist.

    Attributes:
        name: of the family.
        short: the name of a circuit, without mul8u_, with options in braces.
        build: takes the options and the keyword `signed`; its docstring tells what they mean.
    """

    name: str
    short: str
    build: Callable[..., Netlist]

    @property
    def summary(self) -> str:
        """What it generates, in one line."""
        return inspect.getdoc(self.build).partition("\n")[0]  # type: ignore[union-attr]

    @property
    def options(self) -> dict[str, str]:
        """What every option takes, in words, with its default."""
        return {
            name: f"{_described(kind)}{'' if default is _NO else f', else {default}'}"
            for name, (kind, default) in self._parameters().items()
        }

    def generate(self, options: Mapping[str, object], *, signed: bool = False) -> Netlist:
        """Generate a circuit.

        Args:
            options: by name; numbers may be text.
            signed: two's complement.

        Raises:
            NetlistError: if an option is missing or of the wrong type or out of range.
            UnknownNameError: if there is no such option or choice.
        """
        return self.build(**self._values(options), signed=signed)

    def label(self, options: Mapping[str, object], *, signed: bool = False) -> str:
        """Return a name for the circuit, such as mul8u_drum_k4; raises as `generate`."""
        return f"mul8{'s' if signed else 'u'}_{self.short.format(**self._values(options))}"

    def _values(self, options: Mapping[str, object]) -> dict[str, Any]:
        known = self._parameters()
        for option in options:
            if option not in known:
                raise unknown_name(f"option of {self.name}", option, known)
        missing = [name for name, (_, default) in known.items() if default is _NO]
        missing = [name for name in missing if name not in options]
        if missing:
            raise NetlistError(
                f"{self.name} needs {missing[0]}: {self.options[missing[0]]}; give it as "
                f"--option {missing[0]}=VALUE"
            )
        return {
            name: _parsed(name, kind, options.get(name, default))
            for name, (kind, default) in known.items()
        }

    def _parameters(self) -> dict[str, tuple[Any, Any]]:
        """Map every option to its type and its default."""
        hints = get_type_hints(self.build)
        parameters = inspect.signature(self.build).parameters.values()
        return {p.name: (hints[p.name], p.default) for p in parameters if p.name != "signed"}


_NO = inspect.Parameter.empty

FAMILIES = {
    family.name: family
    for family in (
        Family("exact", "exact_{architecture}", ariths.exact_multiplier),
        Family("narrow", "narrow_a{activation_bits}w{weight_bits}", narrow.narrow_multiplier),
        Family("truncated", "truncated_{cut}", ariths.truncated_multiplier),
        Family("broken_array", "bam_h{horizontal}_v{vertical}", ariths.broken_array_multiplier),
        Family(
            "broken_carry_save",
            "bcsm_h{horizontal}_v{vertical}",
            ariths.broken_carry_save_multiplier,
        ),
        Family("recursive", "recursive_{cell}_{count}", ariths.recursive_multiplier),
        Family("or_columns", "or{columns}_v{left_out}", or_columns.or_columns_multiplier),
        Family("mitchell", "mitchell_f{fraction_bits}", mitchell.mitchell_multiplier),
        Family("drum", "drum_k{segment}", drum.drum_multiplier),
    )
}
"""All families; to add one, write a function like those and register it here."""


def family(name: str) -> Family:
    """Return a family by its name.

    Args:
        name: such as "drum".

    Raises:
        UnknownNameError: if there is none.
    """
    if name not in FAMILIES:
        raise unknown_name("family of multipliers", name, FAMILIES)
    return FAMILIES[name]


def _described(kind: object) -> str:
    return " | ".join(get_args(kind)) if get_origin(kind) is Literal else "integer"


def _parsed(name: str, kind: object, value: object) -> object:
    """Return the value of an option; choices are checked here, ranges by the generator."""
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            raise unknown_name(name, str(value), get_args(kind))
        return value
    try:
        return int(str(value))
    except ValueError:
        raise NetlistError(f"{name}: expected an integer, got {value!r}") from None
