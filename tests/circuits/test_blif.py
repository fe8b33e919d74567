import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.circuits import (
    Netlist,
    assemble,
    from_blif,
    load_blif,
    operand_words,
    product_table,
    simulate,
    to_blif,
    to_c,
)
from evoapproxnas.circuits.truth import cells_for, truth_of
from evoapproxnas.errors import NetlistError
from tests.circuits.strategies import netlists

_PORTS = [
    ".inputs " + " ".join(f"{port}[{bit}]" for port in "ab" for bit in range(8)),
    ".outputs " + " ".join(f"o[{bit}]" for bit in range(16)),
]


def _model(*lines: str) -> str:
    rest = [f".names o[{bit}]" for bit in range(1, 16)]
    return "\n".join([".model m", *_PORTS, *lines, *rest, ".end"])


@settings(max_examples=25, deadline=None)
@given(netlists)
def test_what_is_written_reads_as_the_same_function(netlist: Netlist) -> None:
    again = from_blif(to_blif(netlist, "m"))
    assert np.array_equal(product_table(again), product_table(netlist))


def test_covers_of_many_inputs_become_gates() -> None:
    text = _model(
        ".names a[0] b[0] a[1] b[1] x \\",
        " # a comment",
        "11-- 1",
        "0011 1",
        ".names x a[2] o[0]",
        "11 0",
    )
    netlist = from_blif(text)
    words = operand_words()
    a0, a1, a2, b0, b1 = words[0], words[1], words[2], words[8], words[9]
    x = (a0 & b0) | (~a0 & ~b0 & a1 & b1)
    assert np.array_equal(simulate(netlist, words)[netlist.outputs[0]], ~(x & a2))


def test_a_cover_may_read_all_operand_bits() -> None:
    bits = " ".join(f"{port}[{bit}]" for port in "ab" for bit in range(7, -1, -1))
    a, b = np.indices((256, 256))
    wanted = a * b >> 15
    rows = [f"{index:016b} 1" for index in np.flatnonzero(wanted)]
    table = product_table(from_blif(_model(f".names {bits} o[0]", *rows)))
    assert np.array_equal(table, wanted)


def test_parity_is_a_chain_of_gates() -> None:
    truth = sum(1 << index for index in range(16) if index.bit_count() % 2)
    kinds = {cell.kind for cell in cells_for(truth, "abcd", "y", "here")}
    assert kinds <= {"xor2", "xnor2"}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5).flatmap(lambda k: st.tuples(st.just(k), st.integers(0, 2**2**k - 1))))
def test_any_truth_table_becomes_cells_that_compute_it(form: tuple[int, int]) -> None:
    count, truth = form
    names = [f"x{pin}" for pin in range(count)]
    cells = cells_for(truth, names, "y", "here")
    netlist = assemble(cells, inputs=names, outputs=["y"])
    rows = np.array([int(f"{i:0{count}b}"[pin]) for pin in range(count) for i in range(2**count)])
    words = np.uint64(0) - rows.reshape(count, 2**count).astype(np.uint64)
    values = simulate(netlist, words)[netlist.outputs[0]] & np.uint64(1)
    assert sum(int(value) << index for index, value in enumerate(values)) == truth


@given(st.lists(st.text("01-", min_size=4, max_size=4), max_size=6))
def test_a_cover_is_1_where_a_cube_matches(cubes: list[str]) -> None:
    truth = truth_of(cubes)
    for index in range(16):
        bits = f"{index:04b}"
        matches = [all(c in ("-", b) for c, b in zip(cube, bits, strict=True)) for cube in cubes]
        assert (truth >> index & 1) == any(matches)


def test_equal_parts_of_a_table_are_made_once() -> None:
    majority_of_11 = sum(1 << index for index in range(2**11) if index.bit_count() > 5)
    cells = cells_for(majority_of_11, [f"x{pin}" for pin in range(11)], "y", "here")
    assert len(cells) < 50


def test_nets_may_be_called_0_and_1() -> None:
    text = _model(".names a[0] 1", "1 1", ".names b[0] 0", "1 1", ".names 1 0 o[0]", "11 1")
    table = product_table(from_blif(text))
    a, b = np.indices((256, 256))
    assert np.array_equal(table, a & b & 1)


def test_subcircuits_are_flattened() -> None:
    text = _model(
        ".subckt both x=a[0] y=b[0] z=n1",
        ".subckt both x=a[1] y=b[1] z=n2",
        ".subckt twice z=o[0] y=n2 x=n1",
    )
    half = ".model both\n.inputs x y\n.outputs z\n.names x y n1\n11 1\n.names n1 z\n1 1\n.end"
    whole = ".model twice\n.inputs x y\n.outputs z\n.subckt both x=x y=y z=z\n.end"
    table = product_table(from_blif("\n".join([text, half, whole])))
    a, b = np.indices((256, 256))
    assert np.array_equal(table, (a & b) & (a & b) >> 1 & 1)


def test_subcircuits_cannot_multiply_for_ever() -> None:
    doubled = [
        f".model m{i}\n.inputs x\n.outputs y\n.subckt m{i + 1} x=x y=y\n.subckt m{i + 1} x=x y=n"
        for i in range(40)
    ]
    for models in (
        [*doubled, ".model m40\n.inputs x\n.outputs y"],
        [".model m0\n.inputs x\n.subckt m0 x=x"],
    ):
        text = "\n".join([_model(".subckt m0 x=a[0]"), *models])
        with pytest.raises(NetlistError, match="f: more than 200,000 covers and subcircuits"):
            from_blif(text, source="f")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([".subckt"], "f.blif:4: .subckt takes a model and PORT=NET"),
        ([".subckt m a"], "f.blif:4: .subckt takes a model and PORT=NET"),
        ([".subckt m x=a x=b"], "f.blif:4: .subckt takes a model and PORT=NET"),
        ([".subckt n x=a"], "f.blif:4: there is no model 'n'; did you mean|known: m"),
        ([".subckt m x=a[0]"], "f.blif:4: model 'm' has no port 'x'"),
        ([".latch a[0] o[0] 0"], "f.blif:4: .latch is not supported"),
        ([".names a[0] o[0]", "1- 1"], "f.blif:4: expected cover rows of 1 characters .*'1- 1'"),
        ([".names a[0] o[0]", "1 1", "0 0"], "f.blif:4: .* one common output value"),
        (["1 1"], "f.blif:4: expected .names before the cover"),
        ([".names x o[0]", "1 1"], "f.blif:4: net x is not driven"),
        ([".names a[0] o[0]", "1 1", ".names b[0] o[0]", "1 1"], "f.blif:6: .*driven by f.blif:4"),
        ([".names"], "f.blif:4: .names takes an output"),
        ([".inputs extra"], "f.blif: expected two 8-bit operands .*extra of 1 bits"),
        ([f".names {'x ' * 17}y"], "f.blif:4: .names takes an output and at most 16 inputs"),
    ],
)
def test_malformed_models_name_file_and_line(lines: list[str], message: str) -> None:
    with pytest.raises(NetlistError, match=message):
        from_blif(_model(*lines), source="f.blif")


def test_files_that_cannot_be_read_are_explained(tmp_path: Path) -> None:
    with pytest.raises(NetlistError, match="cannot read the netlist .*none.blif"):
        load_blif(tmp_path / "none.blif")


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
@pytest.mark.parametrize("signed", [False, True])
def test_c_code_computes_the_same_table(exact: Netlist, tmp_path: Path, signed: bool) -> None:
    main = "#include <stdio.h>\nint main(void) { for (int i = 0; i < 65536; i++) "
    main += 'printf("%d\\n", m(i >> 8, i & 255)); }\n'
    (tmp_path / "m.c").write_text(to_c(exact, "m", signed=signed) + main)
    subprocess.run(["cc", "-O1", "m.c", "-o", "m"], cwd=tmp_path, check=True)
    output = subprocess.run([tmp_path / "m"], capture_output=True, text=True, check=True).stdout
    table = np.array(output.split(), int).reshape(256, 256)
    assert np.array_equal(table, product_table(exact, signed=signed))
