from pathlib import Path

import pytest

from evoapproxnas.circuits import to_blif
from evoapproxnas.circuits.generators import exact_multiplier
from evoapproxnas.errors import MultiplierError, UnknownNameError
from evoapproxnas.multipliers import (
    Library,
    import_multiplier,
    load_library,
    refer,
    relative_power,
)
from tests.circuits.writings import WRITINGS


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A library of another source: its exact circuit is an array, and one approximate circuit."""
    exact, rough = exact_multiplier("array"), load_library().netlist("mul8u_or9_v8")
    for name, netlist in (("theirs_exact", exact), ("theirs", rough)):
        (tmp_path / f"{name}.blif").write_text(to_blif(WRITINGS["majority"](netlist), name))
        import_multiplier(tmp_path / f"{name}.blif", library=tmp_path / "lib")
    return tmp_path / "lib"


def test_power_is_relative_to_the_bundled_exact_circuit(source: Path) -> None:
    library = Library(source)
    exact = relative_power(library, "theirs_exact")
    assert exact.reference == "mul8u_exact"
    assert exact.share == pytest.approx(library.entry("theirs_exact").power_uw / 391)
    assert exact.share > 1.05
    assert relative_power(load_library(), "exact8s").reference == "mul8s_exact"


def test_an_exact_circuit_is_1_against_itself(source: Path) -> None:
    entries = refer(["theirs", "theirs_exact"], "theirs_exact", library=source)
    assert [entry.reference for entry in entries] == ["theirs_exact"] * 2
    library = Library(source)
    assert relative_power(library, "theirs_exact").share == 1
    rough = relative_power(library, "theirs")
    assert rough.reference == "theirs_exact"
    powers = [library.entry(name).power_uw for name in ("theirs", "theirs_exact")]
    assert rough.share == powers[0] / powers[1]
    assert relative_power(library, "theirs", reference="exact8").reference == "mul8u_exact"
    assert relative_power(library, "theirs", reference="exact8s").reference == "theirs_exact"


def test_an_imported_circuit_costs_what_it_costs_in_other_gates(source: Path) -> None:
    assert Library(source).entry("theirs").power_uw == pytest.approx(
        load_library().entry("mul8u_or9_v8").power_uw, rel=0.01
    )


def test_what_is_no_reference_is_refused(source: Path) -> None:
    with pytest.raises(MultiplierError, match="'theirs' its worst-case error is"):
        refer(["theirs_exact"], "theirs", library=source)
    with pytest.raises(MultiplierError, match="'theirs' is unsigned, but its reference .* signed"):
        refer(["theirs"], "exact8s", library=source)
    with pytest.raises(UnknownNameError, match="unknown multiplier 'nobodys'"):
        refer(["theirs"], "nobodys", library=source)
    import_multiplier(lambda a, w: a * w, name="table", library=source)
    with pytest.raises(MultiplierError, match="'table' its power is None"):
        relative_power(Library(source), "theirs", reference="table")
    assert relative_power(Library(source), "table").share is None


def test_circuits_that_flip_a_sign_are_marked() -> None:
    library = load_library()
    marked = [name for name in library if library.entry(name).flips_a_sign]
    near_half = [name for name in marked if library.entry(name).wce_pct > 45]
    assert len(near_half) == 14
    for name in near_half:
        assert library[name].table[128, 128] < -16000  # -128 times -128
    assert not library.entry("mul8s_exact").flips_a_sign
    assert not any(library.entry(name).flips_a_sign for name in library.match("mul8u_*"))
