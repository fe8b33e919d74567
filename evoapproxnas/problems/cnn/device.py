"""Whether the latency table of a run can price the networks of its space; asked before any run."""

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.latency import (
    Coverage,
    DeviceTable,
    coverage,
    load_device_table,
    random_networks,
)
from evoapproxnas.networks import SearchSpace

_NETWORKS = 50
_NAMED = 3


def check_latency_table(space: SearchSpace, config: RunConfig) -> str:
    """Look random networks of the space up in the table, if a figure of the run is of it.

    Returns:
        What is to be said about it; nothing where no table is used.

    Raises:
        ConfigError: if the table is of another space, or lacks operations that are not to be
            interpolated.
        MeasurementError: if its file is damaged.
        StoreError: if it cannot be read.
    """
    options, asked = config.hardware, (*config.search.objectives, *config.search.limits)
    if options.latency_table is None or "latency_ms" not in asked:
        return ""
    table = load_device_table(options.latency_table)
    where = f"hardware.latency_table {options.latency_table}"
    table.check_space(space.input_shape, space.classes, where=where)
    networks = random_networks(space, _NETWORKS, seed=config.seed, purpose="coverage")
    found = coverage(networks, table.fusion, table.measured)
    if found.missing and not options.interpolate:
        raise ConfigError(_lacks(where, table, found))
    told = f"latency of {table.machine.get('processor', 'a device')} ({table.runtime})"
    if not found.missing:
        return told
    return f"{told}, {found.missing_share:.0%} of operations interpolated"


def _lacks(where: str, table: DeviceTable, found: Coverage) -> str:
    named = "; ".join(operation.name for operation in list(found.missing)[:_NAMED])
    return (
        f"{where} ({len(table.operations)} operations of {table.space}) has no time for "
        f"{found.missing_share:.1%} of the operations of {found.networks} random networks of this "
        f"space, such as {named}; set hardware.interpolate = true to estimate these from others, "
        "or measure more into the same file with 'hardware measure --minutes'"
    )
