from dataclasses import replace
from pathlib import Path

import pytest

from evoapproxnas.circuits import Netlist
from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers import (
    CatalogEntry,
    generate_multiplier,
    read_catalog,
    write_catalog,
)


@pytest.fixture
def entry() -> CatalogEntry:
    wires = Netlist((), tuple(range(2, 18)))
    return CatalogEntry.measure("wires", wires, signed=True, origin='no cells, "at all"')


def test_entries_survive_the_file(tmp_path: Path, entry: CatalogEntry) -> None:
    path = tmp_path / "catalog.csv"
    write_catalog(path, [entry])
    assert read_catalog(path) == (entry,)


def test_terms_are_counted_and_may_be_missing_in_older_catalogs(
    tmp_path: Path, entry: CatalogEntry
) -> None:
    path = tmp_path / "catalog.csv"
    assert entry.terms is not None
    write_catalog(path, [entry])
    path.write_text(path.read_text().replace(",terms", "").replace(f",0,{entry.terms},", ",0,"))
    assert read_catalog(path) == (replace(entry, terms=None),)
    exact = generate_multiplier("exact", {})[0]
    assert exact.terms == 1


def test_a_catalog_that_is_not_there_is_explained(tmp_path: Path) -> None:
    with pytest.raises(MultiplierError, match=r"cannot read the catalog .*expected a folder with"):
        read_catalog(tmp_path / "catalog.csv")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mae_pct", "mae", r"catalog.csv:1: columns mae_pct are missing"),
        (",True,", ",yes,", r"catalog.csv:2: this row is not a catalog entry: 'yes'"),
        (",0,", ",some,", r"catalog.csv:2: this row is not a catalog entry: .*'some'"),
    ],
)
def test_damaged_catalogs_name_file_and_line(
    tmp_path: Path, entry: CatalogEntry, old: str, new: str, message: str
) -> None:
    path = tmp_path / "catalog.csv"
    write_catalog(path, [entry])
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(MultiplierError, match=message):
        read_catalog(path)


def test_a_truncated_row_is_explained(tmp_path: Path, entry: CatalogEntry) -> None:
    path = tmp_path / "catalog.csv"
    write_catalog(path, [entry])
    path.write_text(path.read_text()[:-60])
    with pytest.raises(MultiplierError, match="catalog.csv"):
        read_catalog(path)


def test_names_are_unique(tmp_path: Path, entry: CatalogEntry) -> None:
    path = tmp_path / "catalog.csv"
    write_catalog(path, [entry, entry])
    with pytest.raises(MultiplierError, match=r"catalog.csv:3: the name 'wires' comes twice"):
        read_catalog(path)
