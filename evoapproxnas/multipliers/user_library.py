"""The user's own library: where it is, and how a circuit gets into it.

It has the form of every library, `catalog.csv` and `netlists/`, and `tables/NAME.npy` for what
came as a table. `load_library()` finds it beside the bundled one, in worker processes too, as they
inherit the environment variable that names it.
"""

import os
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits import Netlist, to_verilog
from evoapproxnas.errors import MultiplierError
from evoapproxnas.files import locked, write_atomically
from evoapproxnas.multipliers.catalog import CatalogEntry, read_catalog, write_catalog

ENVIRONMENT = "EVOAPPROXNAS_LIBRARY"
"""Environment variable that names other folders for the user's library; separated as in PATH."""


def user_folders() -> tuple[Path, ...]:
    """Return the folders of the user's libraries, which need not exist."""
    if folders := os.environ.get(ENVIRONMENT):
        return tuple(Path(folder) for folder in folders.split(os.pathsep) if folder)
    import platformdirs

    return (platformdirs.user_data_path("evoapproxnas", appauthor=False) / "multipliers",)


def user_folder() -> Path:
    """Return the first of them, where imports go."""
    return user_folders()[0]


def use_library(folder: str | Path) -> None:
    """Let `load_library()`, here and in processes started from now on, find one more folder.

    Args:
        folder: of the library.

    Raises:
        MultiplierError: if it holds no readable catalog.
    """
    path = Path(folder).absolute()
    read_catalog(path / "catalog.csv")
    folders = dict.fromkeys((path, *user_folders()))
    os.environ[ENVIRONMENT] = os.pathsep.join(str(known) for known in folders)


def add_circuit(
    folder: Path, entry: CatalogEntry, circuit: Netlist | npt.NDArray[np.int32]
) -> CatalogEntry:
    """Put a circuit, or a table, into a library; the folder is made where it is missing.

    A name that is taken by the same digest is left as it is.

    Args:
        folder: of the library.
        entry: name, digest and figures.
        circuit: what the entry describes.

    Returns:
        The entry that the library now has under this name.

    Raises:
        MultiplierError: if the name is taken by another digest, or the folder cannot be written.
    """
    try:
        with locked(folder, wait=True):
            return _add(folder, entry, circuit)
    except (OSError, NotImplementedError) as error:
        raise MultiplierError(
            f"cannot write the library {folder}: {error}; choose another folder with --library, "
            f"or with the environment variable {ENVIRONMENT}"
        ) from error


def _add(
    folder: Path, entry: CatalogEntry, circuit: Netlist | npt.NDArray[np.int32]
) -> CatalogEntry:
    catalog = folder / "catalog.csv"
    entries = {old.name: old for old in (read_catalog(catalog) if catalog.exists() else ())}
    if old := entries.get(entry.name):
        check_same(old, entry, str(folder))
        return old
    path = folder / "netlists" / f"{entry.name}.v"
    content: str | bytes
    if isinstance(circuit, Netlist):
        content = to_verilog(circuit, entry.name, comment=entry.origin)
    else:
        path = folder / "tables" / f"{entry.name}.npy"
        buffer = BytesIO()
        np.save(buffer, circuit)
        content = buffer.getvalue()
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, content)
    # Last, and at once: whoever reads the catalog meanwhile sees the old or the new one.
    write_catalog(catalog, [*entries.values(), entry])
    return entry


def check_same(old: CatalogEntry, new: CatalogEntry, library: str) -> None:
    """Raise MultiplierError if two entries of one name are not the same multiplier."""
    if old.digest != new.digest:
        raise MultiplierError(
            f"the name {new.name!r} is taken in {library} by another multiplier, of digest "
            f"{old.digest[:12]}... instead of {new.digest[:12]}...; choose another with --name"
        )
