"""Options of a search: `search.options`, read as the dataclass that the search declares."""

from dataclasses import dataclass
from typing import TypeVar

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError
from evoapproxnas.files import decode

T = TypeVar("T")


@dataclass(frozen=True)
class NoOptions:
    """Of searches that `search.population`, rates and operators describe."""


def read_options(kind: type[T], config: RunConfig) -> T:
    """Return the options of a configuration.

    Args:
        kind: a dataclass; its fields are the options, their types the bounds.
        config: its section `search` has the values.

    Raises:
        ConfigError: for an option that the search does not have, or a wrong value.
    """
    search = config.search
    where = f"search.options of {search.algorithm!r}"
    return decode(kind, search.options, where=where, error=ConfigError)
