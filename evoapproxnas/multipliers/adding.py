"""How a multiplier gets into a library, whose names stay what they are."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits import Netlist
from evoapproxnas.multipliers.catalog import CatalogEntry
from evoapproxnas.multipliers.library import Library, bundled_folder, load_library
from evoapproxnas.multipliers.user_library import add_circuit, check_same, user_folder


def add_multiplier(
    entry: CatalogEntry,
    circuit: Netlist | npt.NDArray[np.int32],
    *,
    library: str | Path | None = None,
) -> CatalogEntry:
    """Put a circuit, or a table, into a library; a name taken by the same digest is left alone.

    Args:
        entry: name, digest and figures.
        circuit: what the entry describes; a table has shape (256, 256).
        library: its folder; by default the user's own.

    Returns:
        The entry that the library now has under this name.

    Raises:
        MultiplierError: if the name is taken by another multiplier, there or in the bundled
            library, or the folder cannot be written.
    """
    known = load_library() if library is None else Library(bundled_folder())
    if entry.name in known:
        check_same(known.entry(entry.name), entry, "the bundled library or your own")
        if library is None:
            return known.entry(entry.name)
    return add_circuit(user_folder() if library is None else Path(library), entry, circuit)
