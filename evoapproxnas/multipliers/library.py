"""Libraries of multipliers: a folder with `catalog.csv` and one netlist or table per multiplier.

    multipliers/catalog.csv
    multipliers/netlists/NAME.v      or, where only the products are known,
    multipliers/tables/NAME.npy

A table is computed from its netlist when it is first asked for, and its digest must be the one
in the catalog. Exact multipliers of narrow operands, such as mul8u_exact_a8w4, are generated.
"""

import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any

from evoapproxnas.circuits import Netlist, load_verilog, product_table
from evoapproxnas.errors import MultiplierError, UnknownNameError, unknown_name
from evoapproxnas.multipliers.catalog import CatalogEntry, read_catalog
from evoapproxnas.multipliers.multiplier import Multiplier
from evoapproxnas.multipliers.narrow import OperandWidths
from evoapproxnas.multipliers.table_files import read_npy
from evoapproxnas.multipliers.user_library import user_folders
from evoapproxnas.paths import as_path

ALIASES = {"exact8": "mul8u_exact", "exact8s": "mul8s_exact"}
"""Short names of the exact unsigned and the exact signed multiplier."""

_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Hidden:
    """A multiplier that cannot be reached, as another one of the same name comes first."""

    name: str
    folder: Path
    behind: Path

    def __str__(self) -> str:
        """Say which it is, and what to do."""
        return (
            f"{self.name!r} of {self.folder} is hidden by another multiplier of that name in "
            f"{self.behind}; give it another name in {self.folder / 'catalog.csv'}, and its file"
        )


class Library(Mapping[str, Multiplier]):
    """Multipliers by name, in the order of the catalogs.

    Aliases and exact multipliers of narrow operands are understood but not listed.
    """

    def __init__(self, *folders: Path) -> None:
        """Read the catalogs.

        Args:
            folders: each holds catalog.csv, netlists/ and tables/.

        Where they have different multipliers of one name, it is that of the bundled library,
        else of the first one; the others are in `hidden`.

        Raises:
            MultiplierError: if a catalog cannot be read.
        """
        catalogs = {folder: read_catalog(folder / "catalog.csv") for folder in folders}
        bundled = {entry.name: entry for entry in catalogs.get(bundled_folder(), ())}
        hidden = []
        self._entries: dict[str, CatalogEntry] = {}
        self._folders: dict[str, Path] = {}
        self._generated: dict[str, CatalogEntry] = {}
        self._loaded: dict[str, Multiplier] = {}
        for folder, entries in catalogs.items():
            for entry in entries:
                first = bundled.get(entry.name) or self._entries.get(entry.name, entry)
                if entry.digest != first.digest:
                    home = bundled_folder() if entry.name in bundled else self._folders[entry.name]
                    hidden.append(Hidden(entry.name, folder, home))
                elif entry.name not in self._entries:
                    self._entries[entry.name], self._folders[entry.name] = entry, folder
        self.hidden: tuple[Hidden, ...] = tuple(hidden)

    def __repr__(self) -> str:
        """Tell how many multipliers there are, and where from."""
        folders = ", ".join(str(folder) for folder in dict.fromkeys(self._folders.values()))
        signed = sum(entry.signed for entry in self._entries.values())
        return f"<Library of {len(self)} multipliers, {signed} of them signed, in {folders}>"

    def _repr_html_(self) -> str:
        """Show how the circuits lie, and some of the best, in a notebook."""
        # Imported here: it sorts by moocore, which takes as long as all of the library.
        from evoapproxnas.multipliers.library_card import library_card

        return library_card(list(self._entries.values()), dict.fromkeys(self._folders.values()))

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(self._entries)

    def __len__(self) -> int:
        """Count the multipliers."""
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        """Tell whether a name or alias is known."""
        return isinstance(name, str) and self._find(ALIASES.get(name, name)) is not None

    def get(self, name: object, default: Any = None) -> Any:
        """Return a multiplier by its name or alias, or the default if there is none.

        Args:
            name: of a multiplier, or its alias.
            default: what is returned otherwise.
        """
        return self[str(name)] if name in self else default

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

        Args:
            name: of a multiplier, or its alias.

        Raises:
            UnknownNameError: if there is no such name; the message names the nearest ones.
        """
        if not isinstance(name, str):
            raise UnknownNameError(
                f"a library finds multipliers by their names, got {name!r:.60}; its names are "
                "those of list(library)"
            )
        entry = self._find(ALIASES.get(name, name))
        if entry is None:
            raise unknown_name("multiplier", name, [*self._entries, *ALIASES])
        return entry

    def match(self, patterns: str | Iterable[str]) -> tuple[str, ...]:
        """Return the names that aliases and shell patterns ("mul8u_*") mean, in catalog order.

        Names that are not listed come last.

        Args:
            patterns: one of these, or several.

        Raises:
            UnknownNameError: if one of them matches nothing.
        """
        chosen: dict[str, None] = {}
        for pattern in _texts(patterns):
            if not any(wildcard in pattern for wildcard in "*?["):
                chosen[self.entry(pattern).name] = None
                continue
            matches = dict.fromkeys(name for name in self if fnmatchcase(name, pattern))
            if not matches:
                raise UnknownNameError(
                    f"no multiplier matches the pattern {pattern!r}; known: {', '.join(self)}"
                )
            chosen |= matches
        listed = [name for name in self if name in chosen]
        return (*listed, *(name for name in chosen if name not in self._entries))

    def netlist_path(self, name: str) -> Path:
        """Return the Verilog file of a multiplier.

        There is none where only a table is known.

        Args:
            name: of a multiplier, or its alias.

        Raises:
            UnknownNameError: if there is no such name.
            MultiplierError: if the multiplier is generated.
        """
        entry = self.entry(name)
        if self.is_generated(name):
            raise MultiplierError(f"{entry.name!r} is generated, it has no file; export it")
        return self._folders[entry.name] / "netlists" / f"{entry.name}.v"

    def is_generated(self, name: str) -> bool:
        """Tell whether a multiplier is generated on demand, so that no file holds it.

        Args:
            name: of a multiplier, or its alias.

        Raises:
            UnknownNameError: if there is no such name.
        """
        return self.entry(name).name in self._generated

    def has_circuit(self, name: str) -> bool:
        """Tell whether a multiplier is known as a circuit, not as a table only.

        Args:
            name: of a multiplier, or its alias.

        Raises:
            UnknownNameError: if there is no such name.
        """
        entry = self.entry(name)
        return self.is_generated(name) or not self._table_path(entry).is_file()

    def netlist(self, name: str) -> Netlist:
        """Read the circuit of a multiplier.

        Args:
            name: of a multiplier, or its alias.

        Raises:
            UnknownNameError: if there is no such name.
            MultiplierError: if it is known as a table only.
            NetlistError: if its file cannot be read.
        """
        entry = self.entry(name)
        if self.is_generated(name) and (widths := OperandWidths.parse(entry.name)):
            return widths.netlist()
        if not self.has_circuit(name):
            raise MultiplierError(
                f"{entry.name!r} is known by its table only, it has no circuit; import it from "
                "Verilog or BLIF to have one"
            )
        return load_verilog(self.netlist_path(name))

    def _find(self, name: str) -> CatalogEntry | None:
        if entry := self._entries.get(name) or self._generated.get(name):
            return entry
        widths = OperandWidths.parse(name)
        if widths is None or (exact := self._entries.get(widths.full_width.name)) is None:
            return None
        if widths == widths.full_width:
            return exact
        return self._generated.setdefault(name, widths.measure())

    def _table_path(self, entry: CatalogEntry) -> Path:
        return self._folders[entry.name] / "tables" / f"{entry.name}.npy"

    def _load(self, entry: CatalogEntry) -> Multiplier:
        if not self.has_circuit(entry.name):
            table = read_npy(self._table_path(entry))
        else:
            table = product_table(self.netlist(entry.name), signed=entry.signed)
        multiplier = Multiplier.from_table(
            entry.name,
            table,
            signed=entry.signed,
            power_uw=entry.power_uw,
            area_um2=entry.area_um2,
            delay_ns=entry.delay_ns,
        )
        if multiplier.digest != entry.digest:
            folder = self._folders[entry.name]
            raise MultiplierError(
                f"{entry.name}.v or .npy in {folder} does not compute the multiplier that "
                f"{folder / 'catalog.csv'} describes: expected digest {entry.digest}, got "
                f"{multiplier.digest}; restore both files, or rebuild the bundled library with "
                "'python -m evoapproxnas multipliers bundle build FOLDER'"
            )
        return multiplier


def load_library(path: str | Path | None = None) -> Library:
    """Open the bundled library together with the user's own.

    Both are read again only after a catalog of the user has changed. A multiplier that is hidden
    by another one of its name is warned of.

    Args:
        path: folder of another library, which comes first; `Library(path)` opens it alone.

    Raises:
        MultiplierError: if there is no readable catalog.
    """
    extra = () if path is None else (as_path(path, of="a library", error=MultiplierError),)
    own = tuple(folder for folder in user_folders() if (folder / "catalog.csv").is_file())
    folders = tuple(dict.fromkeys((*extra, bundled_folder(), *own)))
    return _opened(folders, tuple(_stamp(folder / "catalog.csv") for folder in folders))


def resolve(multiplier: str | Multiplier) -> Multiplier:
    """Return the multiplier itself, or the one of that name in `load_library()`.

    Args:
        multiplier: or its name.

    Raises:
        UnknownNameError: if the library has no such name.
    """
    return load_library()[multiplier] if isinstance(multiplier, str) else multiplier


def narrow_exact(activation_bits: int, weight_bits: int, signed: bool = False) -> Multiplier:
    """Return the exact multiplier of operands of the given widths.

    Its name, such as mul8u_exact_a8w4, is one that `load_library()` knows. Only codes of these
    widths are multiplied exactly, 0..2^bits - 1 or their two's-complement counterparts: the
    circuit reads no other bits. Its power is comparable with that of `mul8u_exact`.

    Args:
        activation_bits: 2 to 8.
        weight_bits: 2 to 8.
        signed: two's complement.

    Raises:
        MultiplierError: if a width is out of range.
    """
    return load_library()[OperandWidths(activation_bits, weight_bits, signed).name]


def _texts(patterns: Any) -> Iterator[str]:
    """Yield one name or pattern, or several."""
    several = isinstance(patterns, Iterable) and not isinstance(patterns, str)
    for text in patterns if several else (patterns,):
        if not isinstance(text, str):
            raise UnknownNameError(
                f"expected the name of a multiplier or a shell pattern, got {text!r:.60}"
            )
        yield text


def bundled_folder() -> Path:
    """Return where the bundled library is: in an installed wheel, or top-level in a checkout."""
    installed = _PACKAGE / "data" / "multipliers"
    return installed if installed.is_dir() else _PACKAGE.parent / "multipliers"


@lru_cache(maxsize=8)
def _opened(folders: tuple[Path, ...], stamps: tuple[tuple[int, ...], ...]) -> Library:
    """Read libraries once for every stamp of their catalogs."""
    library = Library(*folders)
    for hidden in library.hidden:
        warnings.warn(str(hidden), stacklevel=3)
    return library


def _stamp(catalog: Path) -> tuple[int, ...]:
    """Return what tells whether a file has changed; nothing where it is missing."""
    try:
        status = catalog.stat()
    except OSError:
        return ()
    return (status.st_ino, status.st_mtime_ns, status.st_size)
