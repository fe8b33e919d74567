"""The space, run or networks that operations are of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evoapproxnas.cli.hardware.networks import named_network
from evoapproxnas.errors import ConfigError

if TYPE_CHECKING:
    from evoapproxnas.hardware.latency import Operation
    from evoapproxnas.hardware.latency.runtimes import Runtime
    from evoapproxnas.networks import Network, SearchSpace


@dataclass(frozen=True)
class Source:
    """Where operations come from: a space, or some networks.

    Attributes:
        name: for the file.
        networks: where these are given; else none.
        space: where there is one.
    """

    name: str
    networks: "Sequence[Network]"
    space: "SearchSpace | None"

    @property
    def shape(self) -> dict[str, Any]:
        """Images and classes, as a table notes them."""
        one = self.space or self.networks[0]
        return {"input_shape": tuple(one.input_shape), "classes": one.classes}

    def operations(self, runtime: "Runtime", draws: int, seed: int) -> "dict[Operation, int]":
        """How often which operation occurs, the most frequent first."""
        from evoapproxnas.hardware.latency import count_operations_of

        drawn = self.networks or self.drawn(draws, seed, "census")
        return dict(count_operations_of(drawn, runtime.fusion))

    def drawn(self, count: int, seed: int, purpose: str) -> "Iterator[Network]":
        """Random networks of the space, or the first ones of those that are given."""
        from evoapproxnas.hardware.latency import random_networks

        if self.space is None:
            return iter(self.networks[:count])
        return random_networks(self.space, count, seed=seed, purpose=purpose)


def find_source(
    preset: str | None,
    config_file: Path | None,
    settings: list[str] | None,
    run: str | None,
    names: list[str] | None,
    data_dir: Path | None,
    runs_dir: Path,
) -> Source:
    """Find what options of `hardware measure` mean.

    Raises:
        EvoApproxNASError: for options that exclude each other, or what they name is not there.
    """
    if sum(given is not None for given in (run, names, preset or config_file)) > 1:
        raise ConfigError("choose one of --run, --network, and --preset or --config")
    if names:
        networks = [named_network(name, runs_dir) for name in names]
        shapes = {(each.input_shape, each.classes) for each in networks}
        if len(shapes) > 1:
            raise ConfigError(
                f"expected networks for one task, got (images, classes) {sorted(shapes)}"
            )
        return Source(", ".join(names), networks, None)
    from evoapproxnas.config import load_config
    from evoapproxnas.problems.cnn.population import make_space

    if run is not None:
        from evoapproxnas.store import load_run

        return Source(run, (), make_space(load_run(runs_dir / run, read_only=True).config))
    config = load_config(
        preset=preset,
        file=config_file,
        settings=settings or (),
        values={"data": {"data_dir": data_dir and str(data_dir)}},
        fallback="digits",
    )
    name = config_file.stem if config_file else preset or "digits"
    return Source(name, (), make_space(config))
