"""What layers can be given: multipliers by name, pattern or value, with operand widths."""

from collections.abc import Iterable, Sequence

from evoapproxnas.errors import ConfigError, MultiplierError
from evoapproxnas.multipliers import (
    Library,
    Multiplier,
    MultiplierChoice,
    load_library,
    match_choices,
    multiplier_name,
    parse_widths,
)

Wanted = str | Multiplier | MultiplierChoice
"""A name, alias or shell pattern, "all", each with "@a6w4" or without; or the thing itself."""


def choose_multipliers(
    wanted: Sequence[Wanted],
    *,
    signed: bool | None,
    widths: tuple[int, int] = (8, 8),
    library: Library | None = None,
) -> tuple[MultiplierChoice, ...]:
    """Expand names, aliases and shell patterns; "all" is everything.

    Args:
        wanted: over the library.
        signed: keep only those of this signedness; None keeps both.
        widths: of the codes of those that say none.
        library: None is the bundled one with the user's own.

    Raises:
        UnknownNameError: if a pattern matches nothing.
        ConfigError: if none is wanted, or nothing of the signedness is left.
        MultiplierError: for widths that a multiplier does not read.
    """
    library = library or load_library()
    entries = [one for item in wanted for one in _expanded(item, library)]
    if not entries:
        raise ConfigError("expected at least one multiplier, name or pattern, got none")
    kept = [one for one in entries if signed in (None, _signed(one, library))]
    if not kept:
        kind = "signed" if signed else "unsigned"
        raise ConfigError(
            f"none of the multipliers {', '.join(map(_name, entries))} is {kind}, which the "
            "weight scheme calls for; choose others, or another weight scheme"
        )
    return distinct(MultiplierChoice.of(one, widths=widths, library=library) for one in kept)


def narrow_choices(bits: Iterable[int | str], *, signed: bool) -> tuple[MultiplierChoice, ...]:
    """Return exact multipliers of such operand widths, as `parse_widths` reads them.

    Raises:
        MultiplierError: for text that is no width, or a width that is not from 2 to 8.
    """
    pairs = [parse_widths(width) for width in bits]
    return tuple(
        MultiplierChoice.exact(signed=signed, activation_bits=a, weight_bits=w) for a, w in pairs
    )


def distinct(choices: Iterable[MultiplierChoice]) -> tuple[MultiplierChoice, ...]:
    """Keep the first of each table and widths, by falling power; unknown power comes last."""
    by_key: dict[tuple[str, int, int], MultiplierChoice] = {}
    for choice in choices:
        by_key.setdefault(choice.key, choice)
    return tuple(sorted(by_key.values(), key=lambda c: (-(c.multiplier.energy_pj or 0.0), c.name)))


def check_powers(choices: Iterable[MultiplierChoice]) -> None:
    """Check that all energies are known.

    Raises:
        MultiplierError: if the power of a multiplier is unknown.
    """
    for choice in choices:
        if choice.multiplier.energy_pj is None:
            raise MultiplierError(
                f"multiplier {choice.multiplier.name!r} has no power figure, so its energy is "
                "unknown; import it as a circuit, or leave it out"
            )


def _expanded(wanted: Wanted, library: Library) -> Sequence[Wanted]:
    if not isinstance(wanted, str):
        return [wanted]
    everything = multiplier_name(wanted) == "all"
    return match_choices("*" + wanted.removeprefix("all") if everything else wanted, library)


def _signed(wanted: Wanted, library: Library) -> bool:
    """Return the signedness of one of them, without computing its table."""
    if isinstance(wanted, str):
        return library.entry(multiplier_name(wanted)).signed
    return (wanted.multiplier if isinstance(wanted, MultiplierChoice) else wanted).signed


def _name(wanted: Wanted) -> str:
    return wanted if isinstance(wanted, str) else wanted.name
