"""The file in which a measurement is kept: one for each machine, in the user's cache folder.

Machines that share a home do not overwrite each other's. A file that is damaged, or of another
machine or version, counts as none, and whoever asks is told so.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from evoapproxnas.cache_folder import user_cache
from evoapproxnas.emulation.kernels.choice.machine import Machine
from evoapproxnas.emulation.kernels.choice.measurement import SCHEMA, Measurement
from evoapproxnas.errors import StoreError, command
from evoapproxnas.files import decode, encode_json, read_json, told, write_atomically
from evoapproxnas.paths import expanded

MEASUREMENT_VARIABLE = "EVOAPPROXNAS_MEASUREMENT"
"""Another file for the measurement; "off": none is used or kept."""
_OFF = "off"
_AGAIN = f"`{command('bench', 'machine')}` measures this one"


@dataclass(frozen=True)
class Remembered:
    """What is known of a machine.

    Attributes:
        measurement: None if there is none that counts.
        note: why a file that there is does not count; empty where there is none.
    """

    measurement: Measurement | None
    note: str = ""


def recall(machine: Machine) -> Remembered:
    """Look for the measurement of a machine; nothing that is wrong with a file is an error.

    Args:
        machine: that should have been measured.
    """
    path = _place(machine)
    if path is None:
        return Remembered(None)
    # Unlike `Path.is_file`, this takes a folder that cannot be read for one without the file.
    if not os.path.isfile(path):
        other = None if _is_chosen() else _newest(path.parent)
        if other is None:
            return Remembered(None, f"there is no {path}; {_AGAIN}" if _is_chosen() else "")
        path = other
    try:
        found = _read(path)
    except StoreError as error:
        return Remembered(None, f"{error}; {_AGAIN}")
    if difference := machine.difference(found.machine):
        where = f"{path} is of another machine or version ({difference})"
        return Remembered(None, f"{where}; {_AGAIN}")
    return Remembered(found)


def keep(measurement: Measurement) -> Path:
    """Keep a measurement for later processes, in the place of an earlier one.

    Args:
        measurement: of this machine.

    Returns:
        Path of the file.

    Raises:
        StoreError: if there is nowhere to keep it.
    """
    path = _place(measurement.machine)
    if path is None:
        off = os.environ.get(MEASUREMENT_VARIABLE) == _OFF
        why = f"{MEASUREMENT_VARIABLE} is {_OFF!r}" if off else "no folder can be written"
        raise StoreError(
            f"the measurement is not kept: {why}; {MEASUREMENT_VARIABLE} may name a file for it"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make {path.parent}: {told(error)}; {MEASUREMENT_VARIABLE} may name a file "
            "elsewhere for the measurement"
        ) from error
    write_atomically(path, encode_json(measurement))
    return path


def _read(path: Path) -> Measurement:
    content = read_json(path)
    schema = content.get("schema") if isinstance(content, dict) else None
    if schema != SCHEMA:
        raise StoreError(f"{path} is not in form {SCHEMA} of measurements, but in {schema!r:.20}")
    return decode(Measurement, content, where=str(path))


def _is_chosen() -> bool:
    return bool(os.environ.get(MEASUREMENT_VARIABLE))


def _place(machine: Machine) -> Path | None:
    """Return the file of a machine; None where there is to be none, or no folder for it."""
    chosen = os.environ.get(MEASUREMENT_VARIABLE)
    if chosen:
        return None if chosen == _OFF else expanded(chosen)
    folder = user_cache("machines")
    name = hashlib.sha256(encode_json(machine).encode()).hexdigest()[:16]
    return None if folder is None else folder / f"{name}.json"


def _newest(folder: Path) -> Path | None:
    """Return the newest measurement in a folder, of whatever machine."""
    try:
        found = [(entry.stat().st_mtime, entry.path) for entry in os.scandir(folder)
                 if entry.name.endswith(".json")]  # fmt: skip
    except OSError:
        return None
    return Path(max(found)[1]) if found else None
