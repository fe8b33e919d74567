from pathlib import Path

import pytest

from evoapproxnas.circuits import load_verilog, network_operands, power_uw
from evoapproxnas.errors import UnknownNameError
from evoapproxnas.multipliers import CatalogEntry, factorize, load_library, read_catalog
from evoapproxnas.multipliers.error_metrics import error_figures
from evoapproxnas.multipliers.evolution.layer_error import layer_mse
from evoapproxnas.multipliers.library import bundled_folder
from evoapproxnas.multipliers.making.bundle import recipes, write_library
from evoapproxnas.multipliers.making.evolved import EvolvedCircuits
from evoapproxnas.multipliers.making.recipes import operands_of, start_names


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
    constructed = {recipe.name for recipe in recipes()}
    assert constructed | set(EvolvedCircuits.bundled().names) == set(load_library())
    names = {"mul8u_exact", "mul8u_or9_v8", "mul8u_bam_h0_v6", "mul8u_bcsm_h1_v7", "mul8s_exact"}
    names.add(quickly_evolved())
    (tmp_path / "netlists").mkdir()
    (tmp_path / "netlists" / "stale.v").touch()
    write_library(tmp_path, names)
    assert {path.stem for path in (tmp_path / "netlists").iterdir()} == names
    for entry in read_catalog(tmp_path / "catalog.csv"):
        bundled = load_library().netlist_path(entry.name).read_text()
        assert (tmp_path / "netlists" / f"{entry.name}.v").read_text() == bundled
        assert entry == load_library().entry(entry.name)


def quickly_evolved() -> str:
    """Return an evolved circuit of one step, the one of the least power."""
    evolved, library = EvolvedCircuits.bundled(), load_library()
    single = [name for name in evolved.names if len(evolved.lineage(name)) == 1]
    return min(single, key=lambda name: library.entry(name).power_uw or 0)


def test_unknown_circuits_cannot_be_regenerated(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="bundled circuit"):
        write_library(tmp_path, ["mul8u_exakt"])


def test_origins_are_those_of_the_recipes() -> None:
    evolved = EvolvedCircuits.bundled()
    for name in evolved.names:
        assert load_library().entry(name).origin == evolved.origin(name)
        assert evolved.lineage(name)[0].start in start_names(signed=name.startswith("mul8s"))


@pytest.mark.parametrize(
    ("prefix", "count", "cheapest"), [("mul8u_", 50, 0.02), ("mul8s_", 25, 0.02)]
)
def test_the_library_spans_exact_to_a_fraction_of_its_power(
    prefix: str, count: int, cheapest: float
) -> None:
    library = load_library()
    entries = [library.entry(name) for name in library.match(f"{prefix}*")]
    exact_uw = library.entry(f"{prefix}exact").power_uw
    assert len(entries) >= count
    assert min(entry.power_uw for entry in entries) < cheapest * exact_uw
    uniform = [entry for entry in entries if "_evo_net" not in entry.name]
    assert max(entry.power_uw for entry in uniform) == exact_uw
    assert len({entry.digest for entry in entries}) == len(entries)


@pytest.mark.parametrize(
    ("family", "figure", "count"),
    [
        ("mul8u_evo_mae", "mae_pct", 50),
        ("mul8s_evo_mae", "mae_pct", 25),
        ("mul8u_evo_wce", "wce_pct", 2),
        ("mul8u_evo_ep", "ep_pct", 3),
        ("mul8u_evo_mre", "mre_pct", 3),
    ],
)
def test_evolved_circuits_are_not_dominated(family: str, figure: str, count: int) -> None:
    """By others of their family, nor by those that are kept for comparison."""
    library = load_library()
    entries = [library.entry(name) for name in library.match(f"{family}*")]
    constructed = {recipe.name for recipe in recipes()}
    others = [
        library.entry(name)
        for name in library
        if name in constructed and library.entry(name).signed == entries[0].signed
    ]
    assert len(entries) >= count
    for one in entries:
        for other in [*entries, *others]:
            better = other.power_uw <= one.power_uw
            better = better and getattr(other, figure) <= getattr(one, figure)
            assert one is other or not better, (one.name, other.name)


def test_circuits_for_networks_are_not_dominated_under_their_operands() -> None:
    library = load_library()
    names = library.match("mul8u_evo_net*")
    assert len(names) >= 12
    operands = network_operands()
    measured = []
    # Circuits that were evolved later, for the operands of a ResNet-8, beat some of them.
    for name in set(library.match("mul8u_*")) - set(library.match("mul8u_evo_layer*")):
        netlist = library.netlist(name)
        figures = error_figures(library[name].table, signed=False, operands=operands)
        measured.append((figures.mae_pct, power_uw(netlist, operands), name))
    for error, power, name in measured:
        if name in names:
            beaten = [other for other in measured if other[0] <= error and other[1] < power]
            assert not beaten, (name, beaten)


def test_circuits_for_a_trained_network_are_not_dominated_under_its_operands() -> None:
    library = load_library()
    names = library.match("mul8u_evo_layer*")
    assert 5 <= len(names) <= 10
    operands = operands_of("resnet8")
    measured = []
    for name in library.match("mul8u_*"):
        error = layer_mse(library[name].table, signed=False, operands=operands)
        if error < 20_000:
            measured.append((error, power_uw(library.netlist(name), operands), name))
    for error, power, name in measured:
        if name in names:
            beaten = [other for other in measured if other[0] <= error and other[1] < power]
            assert not beaten, (name, beaten)
