import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
        (",True,", ",yes,", r"catalog.csv:2: 'signed'.*'yes'"),
        (",0,", ",some,", r"catalog.csv:2: .*'some'"),
        (",0,", ",-1,", r"catalog.csv:2: .*'gates': .*greater than or equal to 0"),
        (",0.0,", ",nan,", r"catalog.csv:2: .*'power_uw': .*nan"),
        (",0.0,", ",inf,", r"catalog.csv:2: .*'power_uw': .*inf"),
        (",0.0,", ",-2,", r"catalog.csv:2: .*'power_uw'"),
        (
            "wires,",
            "../../wires,",
            r"catalog.csv:2: .*a name starts .*'../../wires'",
        ),
        ("wires,", ",", r"catalog.csv:2: .*a name starts with a letter"),
        (",origin", ",origin,colour", r"catalog.csv:2: 14 cells for 15 columns"),
        ("wires,", "wires,1,", r"catalog.csv:2: 15 cells for 14 columns"),
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
    with pytest.raises(MultiplierError, match=r"catalog.csv: the name 'wires' comes twice"):
        read_catalog(path)


def test_a_reference_is_kept_and_costs_other_catalogs_no_column(
    tmp_path: Path, entry: CatalogEntry
) -> None:
    path = tmp_path / "catalog.csv"
    write_catalog(path, [entry])
    assert "reference" not in path.read_text()
    entries = (replace(entry, reference="theirs"), replace(entry, name="other"))
    write_catalog(path, entries)
    assert read_catalog(path) == entries


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/x", "a b", "a.v", "9", "", "a\n", "x" * 101, "é"]
)
def test_names_that_are_paths_or_code_are_refused(entry: CatalogEntry, name: str) -> None:
    with pytest.raises(MultiplierError, match="a name starts with a letter"):
        replace(entry, name=name)
    with pytest.raises(MultiplierError, match="a name starts with a letter"):
        generate_multiplier("exact", {}, name=name)


_PIECES = [
    "nan",
    "inf",
    "-1",
    "1e999",
    "../x",
    '"',
    ",",
    "\n",
    "\0",
    "9" * 400,
    "True",
    "",
    "[bold]",
]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), pieces=st.lists(st.sampled_from(_PIECES), max_size=4))
def test_changed_catalogs_are_read_or_refused_with_their_name(
    tmp_path: Path, entry: CatalogEntry, seed: int, pieces: list[str]
) -> None:
    path = tmp_path / "catalog.csv"
    write_catalog(path, [entry, replace(entry, name="other", gates=None, reference="wires")])
    text = path.read_text()
    choose = random.Random(seed)
    for piece in pieces:
        start = choose.randrange(len(text) + 1)
        text = text[:start] + piece + text[start + choose.randrange(9) :]
    path.write_text(text)
    entries, problem = None, ""
    try:
        entries = read_catalog(path)
    except MultiplierError as error:
        problem = str(error)
    if entries is None:
        assert "catalog.csv" in problem
    else:
        write_catalog(path, entries)
        assert read_catalog(path) == entries
