"""Whether the latency table of a run can price the networks of its space.

It is asked before any run, of random networks, and of each network that the search makes: rare
operations that the table lacks may turn up late, and are no reason for a campaign to end.
"""

from collections.abc import Sequence

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError, MeasurementError, NetworkRejected
from evoapproxnas.hardware.latency import (
    Coverage,
    DeviceTable,
    coverage,
    load_device_table,
    random_networks,
)
from evoapproxnas.networks import Network, SearchSpace

_NETWORKS = 50
_NAMED = 3


def check_latency_table(space: SearchSpace, config: RunConfig) -> str:
    """Look random networks of the space up in the table, if a figure of the run is of it.

    Returns:
        What is to be said about it; nothing where no table is used.

    Raises:
        ConfigError: if the table is of another space, or lacks operations that are not to be
            interpolated, or cannot be.
        MeasurementError: if its file is damaged.
        StoreError: if it cannot be read.
    """
    options, path = config.hardware, _used_table(config)
    if path is None:
        return ""
    table = load_device_table(path)
    where = f"hardware.latency_table {path}"
    table.check_space(space.input_shape, space.classes, where=where)
    networks = list(random_networks(space, _NETWORKS, seed=config.seed, purpose="coverage"))
    found = coverage(networks, table.fusion, table.measured)
    if found.missing and not options.interpolate:
        raise ConfigError(_lacks(where, table, found))
    _check_estimates(where, table, networks)
    told = f"latency of {table.machine.get('processor', 'a device')} ({table.runtime})"
    if not found.missing:
        return told
    return f"{told}, {found.missing_share:.0%} of operations interpolated"


def table_digest(config: RunConfig) -> dict[str, str]:
    """Return the digest of the table by its name; nothing where no figure of the run is of it.

    Raises:
        MeasurementError: if its file is damaged.
        StoreError: if it cannot be read.
    """
    path = _used_table(config)
    return {} if path is None else {f"latency table {path}": load_device_table(path).digest}


def check_has_latency(network: Network, config: RunConfig) -> None:
    """Refuse a network that the table of a run cannot price, if a figure of the run is of it.

    Args:
        network: of a candidate.
        config: of the run.

    Raises:
        NetworkRejected: naming the operations that the table lacks.
    """
    path = _used_table(config)
    if path is None:
        return
    table = load_device_table(path)
    try:
        table.predict(network, interpolate=config.hardware.interpolate)
    except MeasurementError as error:
        raise NetworkRejected(str(error)) from None


def _used_table(config: RunConfig) -> str | None:
    asked = (*config.search.objectives, *config.search.limits)
    return config.hardware.latency_table if "latency_ms" in asked else None


def _check_estimates(where: str, table: DeviceTable, networks: Sequence[Network]) -> None:
    try:
        for network in networks:
            table.predict(network, interpolate=True)
    except MeasurementError as error:
        raise ConfigError(f"{where}: {error}") from None


def _lacks(where: str, table: DeviceTable, found: Coverage) -> str:
    named = "; ".join(operation.name for operation in list(found.missing)[:_NAMED])
    return (
        f"{where} ({len(table.operations)} operations of {table.space}) has no time for "
        f"{found.missing_share:.1%} of the operations of {found.networks} random networks of this "
        f"space, such as {named}; set hardware.interpolate = true to estimate these from others, "
        "or measure more into the same file with 'hardware measure --minutes'"
    )
