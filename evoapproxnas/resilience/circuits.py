"""Which multipliers a study looks at, and in which order."""

from collections.abc import Iterable, Sequence

from evoapproxnas.errors import ConfigError, MultiplierError
from evoapproxnas.multipliers import Library, Multiplier, load_library


def choose_multipliers(
    patterns: Sequence[str], *, signed: bool | None, library: Library | None = None
) -> tuple[Multiplier, ...]:
    """Expand names, aliases and shell patterns; "all" is everything.

    Args:
        patterns: over the library.
        signed: keep only those of this signedness; None keeps both.
        library: None is the bundled one with the user's own.

    Raises:
        UnknownNameError: if a pattern matches nothing.
        ConfigError: if nothing of the signedness is left.
    """
    library = library or load_library()
    names = library.match(["*" if pattern == "all" else pattern for pattern in patterns])
    chosen = [n for n in names if signed is None or library.entry(n).signed == signed]
    if not chosen:
        kind = "signed" if signed else "unsigned"
        raise ConfigError(
            f"none of the multipliers {', '.join(names)} is {kind}, which the weight scheme "
            "calls for; choose others, or another weight scheme"
        )
    return distinct(library[name] for name in chosen)


def distinct(multipliers: Iterable[Multiplier]) -> tuple[Multiplier, ...]:
    """Keep the first of each table, by falling power.

    Raises:
        MultiplierError: if the power of one is unknown.
    """
    by_digest: dict[str, Multiplier] = {}
    for multiplier in multipliers:
        if multiplier.energy_pj is None:
            raise MultiplierError(
                f"multiplier {multiplier.name!r} has no power figure, so its energy is unknown; "
                "import it as a circuit, or leave it out"
            )
        by_digest.setdefault(multiplier.digest, multiplier)
    return tuple(sorted(by_digest.values(), key=lambda m: (-(m.energy_pj or 0.0), m.name)))


def exact_multiplier(*, signed: bool) -> Multiplier:
    """Return the exact 8-bit multiplier of that signedness, of the bundled library."""
    return load_library()["exact8s" if signed else "exact8"]
