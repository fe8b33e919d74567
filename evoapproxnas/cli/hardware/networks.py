"""Networks that commands of `hardware` name."""

from pathlib import Path
from typing import TYPE_CHECKING

from evoapproxnas.errors import ConfigError

if TYPE_CHECKING:
    from evoapproxnas.networks import Network

_CIFAR = (32, 32, 3), 10


def named_network(name: str, runs_dir: Path) -> "Network":
    """Return a candidate or point of a run, RUN:ID, or a network of the zoo, for CIFAR-10.

    Raises:
        ConfigError: for a name that is neither.
    """
    from evoapproxnas.networks.zoo import ZOO, zoo_network

    run, colon, member = name.rpartition(":")
    if colon and run:
        from evoapproxnas.store import load_run

        return load_run(runs_dir / run, read_only=True).network(member)
    if name not in ZOO:
        raise ConfigError(
            f"expected a .keras file, RUN:ID, or one of {', '.join(ZOO)}, got {name!r:.200}"
        )
    return zoo_network(name, *_CIFAR)
