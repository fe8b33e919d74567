"""Going on with a table where an earlier session stopped, if it is one and the same."""

from pathlib import Path

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.latency.table import DeviceTable

_SAME = ("runtime", "threads", "input_shape", "classes", "repetitions")
"""What two sessions have to agree about, beside the machine."""
_SAME_MACHINE = ("processor", "runtime_versions")


def begin_table(path: Path, fresh: DeviceTable) -> DeviceTable:
    """Return the table of a file to measure more into, or a new one where there is no file.

    Args:
        path: of the file.
        fresh: an empty table of what is measured now.

    Raises:
        MeasurementError: if the file holds a table of other measurements, or is damaged.
        StoreError: if it cannot be read.
    """
    if not path.exists():
        return fresh
    known = DeviceTable.load(path)
    pairs = {name: (getattr(known, name), getattr(fresh, name)) for name in _SAME}
    pairs |= {name: (known.machine.get(name), fresh.machine.get(name)) for name in _SAME_MACHINE}
    if known.adapted_from is not None:
        pairs["adapted from"] = known.adapted_from, "nothing"
    for name, (there, here) in pairs.items():
        if there != here:
            raise MeasurementError(
                f"{path} holds a table of other measurements: {name.replace('_', ' ')} "
                f"{there}, now {here}; choose another file"
            )
    return known
