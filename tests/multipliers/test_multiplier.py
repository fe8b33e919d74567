import dataclasses
from pathlib import Path

import numpy as np
import pytest

from evoapproxnas.errors import MultiplierError, NetlistError
from evoapproxnas.multipliers import (
    CLOCK_MHZ,
    ImportNotice,
    Library,
    Multiplier,
    digest,
    exact_table,
    export_multiplier,
    load_library,
)
from evoapproxnas.multipliers.library import bundled_folder


def test_a_multiplier_is_its_table() -> None:
    exact = Multiplier.from_table("one", exact_table(signed=False))
    same = Multiplier.from_table("two", exact_table(signed=False).astype(np.uint16))
    other = Multiplier.from_table("one", np.zeros((256, 256), np.uint8))
    assert exact.digest == same.digest != other.digest
    assert len(exact.digest) == 64


def test_signedness_is_part_of_the_identity() -> None:
    zero = np.zeros((256, 256), np.int32)
    assert digest(zero, signed=False) != digest(zero, signed=True)


def test_equality_and_hash_do_not_compare_arrays() -> None:
    first, second = (Multiplier.from_table("m", exact_table(signed=True), signed=True),) * 2
    assert first == second
    assert len({first, second}) == 1
    assert first != dataclasses.replace(first, power_uw=1.0)


def test_the_table_is_a_frozen_copy() -> None:
    source = exact_table(signed=False)
    multiplier = Multiplier.from_table("m", source)
    source[0, 0] = 9
    assert multiplier.table[0, 0] == 0
    assert multiplier.table.dtype == np.int32
    with pytest.raises(ValueError, match="read-only"):
        multiplier.table[0, 0] = 9


def test_a_function_is_tabulated_over_values() -> None:
    mine = Multiplier.from_function("mine", lambda a, w: (a & ~3) * w, signed=True, power_uw=200)
    values = np.where(np.arange(256) < 128, np.arange(256), np.arange(256) - 256)
    assert np.array_equal(mine.table, np.multiply.outer(values & ~3, values))
    assert (mine.name, mine.power_uw) == ("mine", 200)
    with pytest.raises(MultiplierError, match="no multiplier of two integers: ZeroDivisionError"):
        Multiplier.from_function("mine", lambda a, w: a // w)
    with pytest.raises(MultiplierError, match="the table of 'mine' must hold integers"):
        Multiplier.from_function("mine", lambda a, w: a * w * 0.3)
    with pytest.raises(MultiplierError, match="takes a name and a function of two operands"):
        Multiplier.from_function(lambda a, w: a * w, "mine")


def test_a_function_that_is_hardly_a_product_is_told() -> None:
    with (
        np.errstate(over="ignore"),
        pytest.warns(ImportNotice, match="bytes: hardly a product") as told,
    ):
        Multiplier.from_function("bytes", lambda a, w: np.uint8(a) * np.uint8(w))
    assert told[0].filename == __file__


def test_files_of_every_format_give_the_same_multiplier(tmp_path: Path) -> None:
    entry = load_library().entry("mul8u_or9_v8")
    for suffix in ("bin", "npy", "v", "blif"):
        path = export_multiplier("mul8u_or9_v8", tmp_path / f"or9.{suffix}")
        read = Multiplier.from_file(path)
        assert (read.name, read.digest) == ("or9", entry.digest)
        if suffix in {"v", "blif"}:
            assert read.power_uw == pytest.approx(entry.power_uw, rel=0.01)
            with pytest.raises(MultiplierError, match="the power of 'or9' is computed"):
                Multiplier.from_file(path, power_uw=1.0)
        else:
            assert read.power_uw is read.area_um2 is None
            assert Multiplier.from_file(path, power_uw=1.5, name="x").power_uw == 1.5
    assert "or9" not in load_library()


def test_what_was_assumed_of_a_file_is_told(tmp_path: Path) -> None:
    np.save(tmp_path / "rough.npy", np.multiply.outer(np.arange(256) & ~7, np.arange(256)))
    with pytest.warns(ImportNotice, match="rough: not commutative"):
        read = Multiplier.from_file(tmp_path / "rough.npy")
    with pytest.warns(ImportNotice):
        swapped = Multiplier.from_file(tmp_path / "rough.npy", swap=True)
    assert np.array_equal(swapped.table, read.table.T)


def test_multipliers_and_libraries_tell_what_they_are() -> None:
    exact = load_library()["exact8"]
    assert repr(exact) == (
        f"<Multiplier mul8u_exact: unsigned, MAE 0 %, WCE 0 %, 391 uW, digest {exact.digest[:12]}>"
    )
    assert "power unknown" in repr(dataclasses.replace(exact, power_uw=None))
    assert repr(Library(bundled_folder())) == (
        f"<Library of 242 multipliers, 77 of them signed, in {bundled_folder()}>"
    )


def test_energy_follows_from_power() -> None:
    multiplier = Multiplier.from_table("m", exact_table(signed=False), power_uw=391.0)
    assert multiplier.energy_pj == pytest.approx(391.0 / CLOCK_MHZ)
    assert Multiplier.from_table("m", exact_table(signed=False)).energy_pj is None


@pytest.mark.parametrize(
    ("table", "signed", "message"),
    [
        (np.zeros(65536, np.int32), False, r"shape \(256, 256\).*got \(65536,\)"),
        ([[1, 2], [3]], False, "not an array"),
        (np.zeros((256, 256)), False, "integers, got float64"),
        (np.full((256, 256), 65536), False, r"0\.\.65535, got 65536\.\.65536"),
        (np.full((256, 256), -1), False, "should signed=True be given"),
        (np.full((256, 256), 32768), True, "should signed=False be given"),
    ],
)
def test_unusable_tables_are_explained(table: object, signed: bool, message: str) -> None:
    with pytest.raises(MultiplierError, match=message):
        Multiplier.from_table("m", table, signed=signed)  # type: ignore[arg-type]


def test_unusable_names_and_costs_are_explained() -> None:
    with pytest.raises(MultiplierError, match="needs a name"):
        Multiplier.from_table("", exact_table(signed=False))
    with pytest.raises(MultiplierError, match=r"power_uw of 'm' .* got -1"):
        Multiplier.from_table("m", exact_table(signed=False), power_uw=-1)
    for cost in ("1", float("nan"), float("inf")):
        with pytest.raises(MultiplierError, match="delay_ns of 'm'"):
            Multiplier.from_table("m", exact_table(signed=False), delay_ns=cost)  # type: ignore[arg-type]
    for signed in ("yes", 1, None):
        with pytest.raises(MultiplierError, match="signed of 'm' must be True or False"):
            Multiplier.from_table("m", exact_table(signed=False), signed=signed)  # type: ignore[arg-type]


def test_a_file_is_given_by_its_path() -> None:
    with pytest.raises(MultiplierError, match="expected the path of a table or circuit, got 3"):
        Multiplier.from_file(3)  # type: ignore[arg-type]


def test_what_a_message_about_a_netlist_asks_for_can_be_given(tmp_path: Path) -> None:
    two = tmp_path / "two.v"
    ports = "(input [7:0] p, input [7:0] q, output [15:0] o); assign o ="
    two.write_text(f"module m{ports} p * q; endmodule\nmodule n{ports} q * (p & 248); endmodule\n")
    with pytest.raises(NetlistError, match="name the one to import with top"):
        Multiplier.from_file(two)
    exact = load_library()["exact8"]
    assert Multiplier.from_file(two, top="m").digest == exact.digest
    with pytest.warns(ImportNotice, match="input q is the activation"):
        read = Multiplier.from_file(two, top="n", ports="a=q,b=p,product=o")
    a, w = np.mgrid[0:256, 0:256]
    assert np.array_equal(read.table, a * (w & 248))
