"""The table of NAS-Bench-201 that a user brings: figures of 15,625 networks, in one `.npz` file.

The file is not part of this package. Its arrays, as the file's own README names them:

| array | what it holds |
|---|---|
| `ops` | operations of each cell, in the order of the benchmark's numbers |
| `unique` | number of its isomorphism class |
| `flops`, `params` | of the network for CIFAR-10 |
| `c10_val200_seeds`, `c100_valtest200_seeds`, `in16_valtest200_seeds` | accuracy in % after 200 epochs, for up to three seeds; NaN where there is none |
| `ep12_cifar10_val`, `ep12_cifar100_val`, `ep12_imagenet_val` | the same of one seed, after 12 epochs |
| `c10_test200`, `c100_test200`, `in16_test200`, `ep12_..._test` | accuracy in % on the test images |
| `c10_train_s_200ep`, ... | seconds that 200 epochs of training took |
| `lat_DEVICE_ms` | latency on a device |
| `derived_eyeriss_energy_mj`, `derived_fpga_energy_mj` | energy |

Other arrays of numbers, one for each network, are read as well.
"""  # noqa: E501

import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import DatasetError, unknown_name
from evoapproxnas.files import DATA_VARIABLE, data_folders, load_arrays, told
from evoapproxnas.hardware.hw_nas_bench import cells
from evoapproxnas.paths import expanded

FILE = "nb201.npz"
SHA256 = "d265ab9e5d50c9b3193b1c59da39a1b0712a74d498b5cb170de09249cde14592"
"""Digest of the file that the figures of this project were made with."""

SEEDS = 3
_PLACES = (Path("nasbench201") / FILE, Path(FILE))
_LARGEST_BYTES = 2**26
_ONE = (cells.CELLS,)
_SHAPES: Mapping[str, tuple[int, ...]] = {
    "ops": (cells.CELLS, len(cells.EDGES)),
    **dict.fromkeys(("unique", "flops", "params"), _ONE),
    **dict.fromkeys(
        ("c10_val200_seeds", "c100_valtest200_seeds", "in16_valtest200_seeds"),
        (cells.CELLS, SEEDS),
    ),
    **{f"{name}_test200": _ONE for name in ("c10", "c100", "in16")},
    **{f"{name}_train_s_200ep": _ONE for name in ("c10", "c100", "in16")},
    **{f"ep12_{name}_val": _ONE for name in ("cifar10", "cifar100", "imagenet")},
    **{f"ep12_{name}_test": _ONE for name in ("cifar10", "cifar100", "imagenet")},
}

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class NasBench201:
    """The table; a row for each of the 15,625 networks, in the order of their numbers.

    Attributes:
        ops: codes of `cells.OPERATIONS`, int8, shape (15625, 6), edges as in `cells.EDGES`.
        unique: isomorphism class of each network, 0 .. 6465; its networks compute the same;
            shape (15625,).
        flops: multiplications and additions of each for CIFAR-10, counted as one, shape (15625,).
        params: parameters of each, shape (15625,).
        columns: all figures by name; float64, shape (15625,), or (15625, 3) for three seeds.
        path: the file.
        sha256: its digest.
    """

    ops: cells.Codes
    unique: npt.NDArray[np.int64]
    flops: npt.NDArray[np.int64]
    params: npt.NDArray[np.int64]
    columns: Mapping[str, Floats]
    path: Path
    sha256: str

    def __len__(self) -> int:
        """Return the number of networks."""
        return len(self.ops)

    def __repr__(self) -> str:
        """Name the file."""
        return f"NasBench201({str(self.path)!r})"

    @property
    def devices(self) -> tuple[str, ...]:
        """Names of the devices whose latency is in `lat_NAME_ms`."""
        return tuple(
            name.removeprefix("lat_").removesuffix("_ms")
            for name in self.columns
            if name.startswith("lat_") and name.endswith("_ms")
        )

    def column(self, name: str) -> Floats:
        """Return a figure of all networks, shape (15625,), or (15625, 3) for three seeds.

        Args:
            name: of an array of the table.

        Raises:
            UnknownNameError: with the names that there are.
        """
        if name not in self.columns:
            raise unknown_name(f"column of {self.path}", name, self.columns)
        return self.columns[name]

    def index_of(self, ops: Sequence[int]) -> int:
        """Return the number of a network; see `cells.index_of`.

        Args:
            ops: operation of each edge.
        """
        return cells.index_of(ops)

    def arch_string(self, index: int) -> str:
        """Return a network as text; see `cells.arch_string`.

        Args:
            index: its number.
        """
        return cells.arch_string(index)

    def index_of_string(self, text: str) -> int:
        """Return the number of a network that is given as text; see `cells.index_of_string`.

        Args:
            text: such as "|nor_conv_3x3~0|+...".
        """
        return cells.index_of_string(text)


def load_table(data_dir: Path | None = None, *, sha256: str = SHA256) -> NasBench201:
    """Read the table, once for each file.

    Args:
        data_dir: holds `nasbench201/nb201.npz` or `nb201.npz`; None: EVOAPPROXNAS_DATA names it,
            or it is the Keras cache.
        sha256: digest that the file must have.

    Raises:
        DatasetError: if there is none, it is another file, or its arrays make no such table.
    """
    path = find_table(data_dir)
    if path is None:
        raise DatasetError(not_found(data_dir))
    try:
        state = path.stat()
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {told(error)}") from error
    return _read(path, sha256.lower(), state.st_mtime_ns, state.st_size)


def not_found(data_dir: Path | None = None) -> str:
    """Say that there is no table, where it was looked for, and what to do."""
    return (
        "the table of NAS-Bench-201 was not found; looked for "
        f"{', '.join(map(str, _places(data_dir)))}. Put {FILE} (SHA-256 {SHA256}) into a "
        f"folder and name it with --data-dir or {DATA_VARIABLE}"
    )


def find_table(data_dir: Path | None = None) -> Path | None:
    """Return where the table is, as `load_table` looks for it; None if it is nowhere."""
    return next((path.resolve() for path in _places(data_dir) if path.is_file()), None)


def _places(data_dir: Path | None) -> list[Path]:
    folder = None if data_dir is None else expanded(data_dir)
    return [place / name for place in data_folders(folder) for name in _PLACES]


@functools.lru_cache(maxsize=4)
def _read(path: Path, sha256: str, modified_ns: int, size: int) -> NasBench201:
    """Read a file; its time and size tell another file of that name from this one."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {told(error)}") from error
    say = f"The file's SHA-256 is {digest}, expected {sha256}"
    try:
        arrays = load_arrays(path, error=DatasetError, largest=_LARGEST_BYTES)
    except DatasetError as error:
        raise DatasetError(f"{error}. {say}; copy the file again") from error
    _check(arrays, path, say)
    if digest != sha256:
        raise DatasetError(
            f"{path} is another file than the table of NAS-Bench-201, though its arrays have the "
            f"shapes of one. {say}; bring that file, or say that this one is meant "
            "(sha256=, tabular.sha256)"
        )
    columns = {
        name: _kept(array.astype(np.float64)) for name, array in arrays.items() if name != "ops"
    }
    return NasBench201(
        ops=cells.canonical_cells(),
        unique=_kept(arrays["unique"].astype(np.int64)),
        flops=_kept(arrays["flops"].astype(np.int64)),
        params=_kept(arrays["params"].astype(np.int64)),
        columns=columns,
        path=path,
        sha256=digest,
    )


def _check(arrays: Mapping[str, npt.NDArray[Any]], path: Path, say: str) -> None:
    """Check names, shapes and numbers.

    Raises:
        DatasetError: naming what is wrong, and the digest.
    """
    wrong = []
    for name, shape in _SHAPES.items():
        if name not in arrays:
            wrong.append(f"{name} of shape {shape} is missing")
        elif arrays[name].shape != shape:
            wrong.append(f"{name} has the shape {arrays[name].shape}, expected {shape}")
    for name, array in arrays.items():
        if array.dtype.kind not in "iuf":
            wrong.append(f"{name} holds {array.dtype}, expected numbers")
        elif name not in _SHAPES and array.shape != _ONE:
            wrong.append(f"{name} has the shape {array.shape}, expected {_ONE}")
        elif not name.endswith("_seeds") and not np.isfinite(array).all():
            wrong.append(f"{name} has values that are not finite")
    if not wrong and not np.array_equal(arrays["ops"], cells.canonical_cells()):
        wrong.append("ops are not those of the benchmark's 15,625 networks in their order")
    if wrong:
        more = f" and {len(wrong) - 4} more" if len(wrong) > 4 else ""
        raise DatasetError(
            f"{path} is no table of NAS-Bench-201: {'; '.join(wrong[:4])}{more}. {say}; bring "
            "that file"
        )


def _kept(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    array.flags.writeable = False
    return array
