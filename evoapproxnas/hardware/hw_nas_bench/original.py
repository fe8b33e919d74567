"""The file of HW-NAS-Bench itself, for users who have it, read without trust.

It is a pickle, and a pickle is a program that can call anything. Nothing can be named in one that
is read here: it makes dicts, lists, tuples, sets, text and numbers, or it is refused. NumPy's
arrays and numbers are no plain data in this sense, as reading them means to call NumPy with
whatever the file says.
"""

import hashlib
import io
import pickle
import pickletools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import DatasetError
from evoapproxnas.files import told
from evoapproxnas.hardware.hw_nas_bench.cells import CELLS
from evoapproxnas.paths import expanded

DEVICES = ("edgegpu", "raspi4", "edgetpu", "pixel3", "eyeriss", "fpga")
_QUANTITIES = ("latency", "energy")
_SPACE = "nasbench201"
_LARGEST_BYTES = 2**30
_PLAIN = (dict, list, tuple, set, frozenset, str, int, float, bool, type(None))
_BROKEN = (
    *(pickle.UnpicklingError, EOFError, ValueError, TypeError, LookupError, AttributeError),
    *(ArithmeticError, MemoryError, RecursionError, ImportError),
)
"""What the unpickler raises for bytes that are no pickle."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OriginalBench:
    """What the file says of NAS-Bench-201.

    Attributes:
        figures: by data set and name (`raspi4_latency`): of all networks, shape (15625,), in ms
            or mJ.
        path: the file.
        sha256: its digest.
    """

    figures: Mapping[str, Mapping[str, Floats]]
    path: Path
    sha256: str


class _PlainUnpickler(pickle.Unpickler):
    """Makes containers, text and numbers, and calls nothing."""

    def find_class(self, module: str, name: str) -> NoReturn:
        """Refuse what the file wants to call.

        Raises:
            DatasetError: naming it.
        """
        hint = (
            "; turn NumPy's values into plain ones where you trust the file, by .tolist()"
            if module.partition(".")[0] == "numpy"
            else ""
        )
        raise DatasetError(
            f"it asks for {module:.100}.{name:.100}, and only plain containers and numbers are "
            f"read, as a pickle can run any code{hint}"
        )

    def persistent_load(self, pid: Any) -> NoReturn:
        """Refuse a reference to something outside of the file.

        Raises:
            DatasetError: always.
        """
        raise DatasetError("it refers to objects outside of the file")


def load_plain_pickle(path: Path) -> Any:
    """Read a pickle of plain containers and numbers; nothing in it is run.

    Raises:
        DatasetError: if it cannot be read, is no pickle, or holds anything else.
    """
    return _unpickled(_content(path), path)


def _content(path: Path) -> bytes:
    try:
        if (size := path.stat().st_size) > _LARGEST_BYTES:
            raise DatasetError(f"{path} has {size:,} bytes, expected at most {_LARGEST_BYTES:,}")
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {told(error)}") from error


def _unpickled(content: bytes, path: Path) -> Any:
    try:
        _check_numbering(content)
        value = _PlainUnpickler(io.BytesIO(content)).load()
        _check_plain(value)
    except DatasetError as error:
        raise DatasetError(f"{path} is not read: {error}") from None
    except _BROKEN as error:
        raise DatasetError(f"{path} is no whole pickle: {told(error)}") from error
    return value


def _check_numbering(content: bytes) -> None:
    """Check the numbers that a pickle gives to its objects: memory is taken for the highest.

    Raises:
        DatasetError: if it cannot have as many objects.
    """
    for opcode, argument, _ in pickletools.genops(content):
        number = argument if opcode.name in ("PUT", "LONG_BINPUT") else 0
        if isinstance(number, int) and number > len(content):
            raise DatasetError(f"it has {len(content)} bytes and numbers an object {number}")


def _check_plain(value: Any) -> None:
    """Check all that a value holds, however deep.

    Raises:
        DatasetError: for bytes and the like, which need no name in a pickle.
    """
    seen: set[int] = set()
    left = [value]
    while left:
        item = left.pop()
        if type(item) not in _PLAIN:
            raise DatasetError(f"it holds {type(item).__name__}, expected containers and numbers")
        if isinstance(item, dict | list | tuple | set | frozenset) and id(item) not in seen:
            seen.add(id(item))
            left += [*item.keys(), *item.values()] if isinstance(item, dict) else item


def load_original(path: Path) -> OriginalBench:
    """Read `HW-NAS-Bench-v1_0.pickle`.

    Args:
        path: of the file.

    Raises:
        DatasetError: as `load_plain_pickle`, or if it holds other things than that file.
    """
    path = expanded(path)
    packed = _content(path)
    content = _unpickled(packed, path)
    datasets = content.get(_SPACE) if isinstance(content, dict) else None
    if not isinstance(datasets, dict):
        raise DatasetError(
            f"{path} is not HW-NAS-Bench: expected a dict with {_SPACE!r}, got {_shape(content)}"
        )
    figures = {}
    for name in ("cifar10", "cifar100", "ImageNet16-120"):
        lists = datasets.get(name, {})
        if not isinstance(lists, dict):
            raise DatasetError(f"{path}: expected a dict of lists for {name}, got {_shape(lists)}")
        figures[name] = dict(_figures(lists, f"{path}: {name}"))
    if not any(figures.values()):
        raise DatasetError(
            f"{path} has no figures of {', '.join(DEVICES)} for any data set of {_SPACE}"
        )
    return OriginalBench(figures, path, hashlib.sha256(packed).hexdigest())


def _figures(lists: Mapping[Any, Any], where: str) -> Iterator[tuple[str, Floats]]:
    for device in DEVICES:
        for quantity in _QUANTITIES:
            name = f"{device}_{quantity}"
            if name in lists:
                yield name, _numbers(lists[name], f"{where}, {name}")


def _numbers(values: Any, where: str) -> Floats:
    """Return the figures of all networks.

    Raises:
        DatasetError: if they are not so many finite numbers.
    """
    right = isinstance(values, list | tuple) and len(values) == CELLS
    if not right or not all(type(value) in (int, float) for value in values):
        raise DatasetError(f"{where}: expected {CELLS} numbers, got {_shape(values)}")
    try:
        numbers = np.array(values, np.float64)
    except OverflowError as error:
        raise DatasetError(f"{where}: {error}") from error
    if not np.isfinite(numbers).all():
        raise DatasetError(f"{where}: expected finite numbers")
    numbers.flags.writeable = False
    return numbers


def _shape(value: Any) -> str:
    """Say in a few words what a value is, however deep or long it is."""
    if isinstance(value, dict):
        names = [key[:40] for key in list(value)[:5] if isinstance(key, str)]
        return f"one with {', '.join(names) or 'no names'}"
    if isinstance(value, list | tuple) and value:
        return f"{type(value).__name__} of {len(value)}, with {type(value[0]).__name__}"
    return type(value).__name__
