"""Libraries of multipliers: a folder with `catalog.csv` and one netlist or table per multiplier.

    multipliers/catalog.csv
    multipliers/netlists/NAME.v      or, where only the products are known,
    multipliers/tables/NAME.npy

A table is computed from its netlist when it is first asked for, and its digest must be the one
in the catalog.
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

import numpy as np

from evoapproxnas.circuits import Netlist, load_verilog, product_table
from evoapproxnas.errors import MultiplierError, UnknownNameError, unknown_name
from evoapproxnas.multipliers.catalog import CatalogEntry, read_catalog
from evoapproxnas.multipliers.multiplier import Multiplier
from evoapproxnas.multipliers.user_library import check_same, user_folder

ALIASES = {"exact8": "mul8u_exact", "exact8s": "mul8s_exact"}
"""Short names of the exact unsigned and the exact signed multiplier."""

_PACKAGE = Path(__file__).resolve().parents[1]


class Library(Mapping[str, Multiplier]):
    """Multipliers by name, in the order of the catalogs; aliases are understood but not listed."""

    def __init__(self, *folders: Path) -> None:
        """Read the catalogs.

        Args:
            folders: each holds catalog.csv, netlists/ and tables/.

        Raises:
            MultiplierError: if a catalog cannot be read, or two of them have different
                multipliers of one name.
        """
        self._entries: dict[str, CatalogEntry] = {}
        self._folders: dict[str, Path] = {}
        self._loaded: dict[str, Multiplier] = {}
        for folder in folders:
            for entry in read_catalog(folder / "catalog.csv"):
                if known := self._entries.get(entry.name):
                    check_same(known, entry, str(self._folders[entry.name]))
                    continue
                self._entries[entry.name] = entry
                self._folders[entry.name] = folder

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Count the multipliers."""
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        """Tell whether a name or alias is known."""
        return name in self._entries or (name in ALIASES and ALIASES[name] in self._entries)

    def __getitem__(self, name: str) -> Multiplier:
        """Return a multiplier by its name or alias.

        Raises:
            UnknownNameError: if there is none; the message names the nearest ones.
            NetlistError: if its netlist cannot be read.
            MultiplierError: if the netlist computes another table than the catalog says.
        """
        entry = self.entry(name)
        if entry.name not in self._loaded:
            self._loaded[entry.name] = self._load(entry)
        return self._loaded[entry.name]

    def entry(self, name: str) -> CatalogEntry:
        """Return figures and digest without computing the table.

        Raises:
            UnknownNameError: if there is no such name; the message names the nearest ones.
        """
        canonical = ALIASES.get(name, name)
        if canonical not in self._entries:
            raise unknown_name("multiplier", name, [*self._entries, *ALIASES])
        return self._entries[canonical]

    def match(self, patterns: str | Iterable[str]) -> tuple[str, ...]:
        """Expand names, aliases and shell patterns ("mul8u_*") to names, in catalog order.

        Raises:
            UnknownNameError: if one of them matches nothing.
        """
        chosen: set[str] = set()
        for pattern in [patterns] if isinstance(patterns, str) else patterns:
            if not any(wildcard in pattern for wildcard in "*?["):
                chosen.add(self.entry(pattern).name)
                continue
            matches = {name for name in self if fnmatchcase(name, pattern)}
            if not matches:
                raise UnknownNameError(
                    f"no multiplier matches the pattern {pattern!r}; known: {', '.join(self)}"
                )
            chosen |= matches
        return tuple(name for name in self if name in chosen)

    def netlist_path(self, name: str) -> Path:
        """Return the Verilog file of a multiplier; there is none where only a table is known."""
        entry = self.entry(name)
        return self._folders[entry.name] / "netlists" / f"{entry.name}.v"

    def netlist(self, name: str) -> Netlist:
        """Read the circuit of a multiplier.

        Raises:
            UnknownNameError: if there is no such name.
            MultiplierError: if it is known as a table only.
            NetlistError: if its file cannot be read.
        """
        entry = self.entry(name)
        if self._table_path(entry).is_file():
            raise MultiplierError(
                f"{entry.name!r} is known by its table only, it has no circuit; import it from "
                "Verilog or BLIF to have one"
            )
        return load_verilog(self.netlist_path(name))

    def _table_path(self, entry: CatalogEntry) -> Path:
        return self._folders[entry.name] / "tables" / f"{entry.name}.npy"

    def _load(self, entry: CatalogEntry) -> Multiplier:
        path = self._table_path(entry)
        if path.is_file():
            table = np.load(path)
        else:
            path = self.netlist_path(entry.name)
            table = product_table(load_verilog(path), signed=entry.signed)
        multiplier = Multiplier.from_table(
            entry.name,
            table,
            signed=entry.signed,
            power_uw=entry.power_uw,
            area_um2=entry.area_um2,
            delay_ns=entry.delay_ns,
        )
        if multiplier.digest != entry.digest:
            raise MultiplierError(
                f"{path} does not compute the multiplier that {path.parents[1] / 'catalog.csv'} "
                f"describes: expected digest {entry.digest}, got {multiplier.digest}; restore "
                "both files, or rebuild the bundled library with "
                "'python -m evoapproxnas.multipliers.bundle FOLDER'"
            )
        return multiplier


def load_library(path: str | Path | None = None) -> Library:
    """Open a library.

    Args:
        path: its folder; without it the bundled library together with the user's own, which are
            read again only after the user's catalog has changed.

    Raises:
        MultiplierError: if there is no readable catalog.
    """
    if path is not None:
        return Library(Path(path))
    catalog = user_folder() / "catalog.csv"
    if not catalog.is_file():
        return _opened((bundled_folder(),), None)
    status = catalog.stat()
    stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
    return _opened((bundled_folder(), catalog.parent), stamp)


def resolve(multiplier: str | Multiplier) -> Multiplier:
    """Return the multiplier itself, or the one of that name in `load_library()`.

    Raises:
        UnknownNameError: if the library has no such name.
    """
    return load_library()[multiplier] if isinstance(multiplier, str) else multiplier


def bundled_folder() -> Path:
    """Return where the bundled library is: in an installed wheel, or top-level in a checkout."""
    installed = _PACKAGE / "data" / "multipliers"
    return installed if installed.is_dir() else _PACKAGE.parent / "multipliers"


@lru_cache(maxsize=8)
def _opened(folders: tuple[Path, ...], stamp: tuple[int, ...] | None) -> Library:
    """Read libraries once for every stamp: what tells whether the user's catalog has changed."""
    return Library(*folders)
