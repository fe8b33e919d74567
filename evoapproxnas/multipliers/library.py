"""Libraries of multipliers: a folder with `catalog.csv` and one netlist per circuit.

    multipliers/catalog.csv
    multipliers/netlists/NAME.v

A table is computed from its netlist when it is first asked for, and its digest must be the one
in the catalog.
"""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from evoapproxnas.circuits import load_verilog, product_table
from evoapproxnas.errors import MultiplierError, UnknownNameError, unknown_name
from evoapproxnas.multipliers.catalog import CatalogEntry, read_catalog
from evoapproxnas.multipliers.multiplier import Multiplier

ALIASES = {"exact8": "mul8u_exact", "exact8s": "mul8s_exact"}
"""Short names of the exact unsigned and the exact signed multiplier."""

_PACKAGE = Path(__file__).resolve().parents[1]


class Library(Mapping[str, Multiplier]):
    """Multipliers by name, in the order of the catalog; aliases are understood but not listed."""

    def __init__(self, folder: Path) -> None:
        """Read the catalog.

        Args:
            folder: holds catalog.csv and netlists/.

        Raises:
            MultiplierError: if the catalog cannot be read.
        """
        self.folder = folder
        self._entries = {entry.name: entry for entry in read_catalog(folder / "catalog.csv")}
        self._loaded: dict[str, Multiplier] = {}

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
        """Return the Verilog file of a multiplier."""
        return self.folder / "netlists" / f"{self.entry(name).name}.v"

    def _load(self, entry: CatalogEntry) -> Multiplier:
        path = self.netlist_path(entry.name)
        multiplier = Multiplier.from_table(
            entry.name,
            product_table(load_verilog(path), signed=entry.signed),
            signed=entry.signed,
            power_uw=entry.power_uw,
            area_um2=entry.area_um2,
            delay_ns=entry.delay_ns,
        )
        if multiplier.digest != entry.digest:
            raise MultiplierError(
                f"{path} does not compute the multiplier that {self.folder / 'catalog.csv'} "
                f"describes: expected digest {entry.digest}, got {multiplier.digest}; restore "
                "both files, or rebuild the bundled library with "
                "'python -m evoapproxnas.multipliers.bundle'"
            )
        return multiplier


def load_library(path: str | Path | None = None) -> Library:
    """Open a library.

    Args:
        path: its folder; without it the bundled library, which is read once per process.

    Raises:
        MultiplierError: if there is no readable catalog.
    """
    return _bundled() if path is None else Library(Path(path))


def resolve(multiplier: str | Multiplier) -> Multiplier:
    """Return the multiplier itself, or the one of that name in the bundled library.

    Raises:
        UnknownNameError: if the library has no such name.
    """
    return load_library()[multiplier] if isinstance(multiplier, str) else multiplier


def bundled_folder() -> Path:
    """Return where the bundled library is: in an installed wheel, or top-level in a checkout."""
    installed = _PACKAGE / "data" / "multipliers"
    return installed if installed.is_dir() else _PACKAGE.parent / "multipliers"


@cache
def _bundled() -> Library:
    return Library(bundled_folder())
