from pathlib import Path

import pytest

from evoapproxnas.circuits import load_verilog
from evoapproxnas.multipliers import CatalogEntry, factorize, load_library, read_catalog
from evoapproxnas.multipliers.bundle import recipes, write_library
from evoapproxnas.multipliers.library import bundled_folder


def test_the_whole_catalog_follows_from_the_netlists() -> None:
    library = load_library()
    for name in library:
        entry = library.entry(name)
        netlist = load_verilog(library.netlist_path(name))
        measured = CatalogEntry.measure(
            name, netlist, signed=entry.signed, origin=entry.origin, factorized=False
        )
        for key, value in (vars(entry) | {"terms": None}).items():
            expected = pytest.approx(value, rel=1e-5) if isinstance(value, float) else value
            assert getattr(measured, key) == expected, (name, key)
    files = {path.stem for path in bundled_folder().joinpath("netlists").glob("*.v")}
    assert files == set(library)


def test_terms_in_the_catalog_are_those_of_the_factorization() -> None:
    library = load_library()
    for name in list(library)[::9]:  # counting takes a tenth of a second and more
        terms = library.entry(name).terms
        assert terms in {None, factorize(library[name].table).terms}, name


def test_recipes_regenerate_what_is_bundled(tmp_path: Path) -> None:
    names = {"mul8u_exact", "mul8u_or9_v8", "mul8u_rec_m1_10", "mul8u_bcsm_h1_v7", "mul8s_exact"}
    assert {recipe.name for recipe in recipes()} == set(load_library())
    (tmp_path / "netlists").mkdir()
    (tmp_path / "netlists" / "stale.v").touch()
    write_library(tmp_path, [recipe for recipe in recipes() if recipe.name in names])
    assert {path.stem for path in (tmp_path / "netlists").iterdir()} == names
    for entry in read_catalog(tmp_path / "catalog.csv"):
        bundled = load_library().netlist_path(entry.name).read_text()
        assert (tmp_path / "netlists" / f"{entry.name}.v").read_text() == bundled
        assert entry.digest == load_library().entry(entry.name).digest


@pytest.mark.parametrize(
    ("prefix", "count", "cheapest"), [("mul8u_", 20, 0.05), ("mul8s_", 8, 0.1)]
)
def test_the_library_spans_exact_to_a_fraction_of_its_power(
    prefix: str, count: int, cheapest: float
) -> None:
    library = load_library()
    entries = [library.entry(name) for name in library.match(f"{prefix}*")]
    exact_uw = library.entry(f"{prefix}exact").power_uw
    assert len(entries) >= count
    assert min(entry.power_uw for entry in entries) < cheapest * exact_uw
    assert max(entry.power_uw for entry in entries) == exact_uw
    assert len({entry.digest for entry in entries}) == len(entries)


def test_approximate_circuits_are_not_dominated() -> None:
    """But for the families that are kept for comparison."""
    library = load_library()
    entries = [library.entry(name) for name in library]
    kept = ("mul8u_trunc", "mul8u_rec", "mul8u_bcsm")
    for one in entries:
        for other in entries:
            if one is not other and one.signed == other.signed:
                dominated = other.power_uw <= one.power_uw and other.mae_pct <= one.mae_pct
                assert not dominated or one.name.startswith(kept), (one.name, other.name)
