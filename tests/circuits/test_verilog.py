from pathlib import Path

import pytest
from hypothesis import given, settings

from evoapproxnas.circuits import Netlist, from_verilog, load_verilog, to_verilog
from evoapproxnas.errors import NetlistError
from tests.circuits.strategies import netlists

_HEADER = "module m(input [7:0] A, input [7:0] B, output [15:0] O);"
_REST = "\n".join(f"assign O[{bit}] = 1'b0;" for bit in range(1, 16)) + "\nendmodule\n"


@settings(max_examples=60, deadline=None)
@given(netlists)
def test_what_is_written_reads_as_the_same_netlist(netlist: Netlist) -> None:
    assert from_verilog(to_verilog(netlist, "m", comment="two\nlines")) == netlist


def test_order_comments_and_white_space_do_not_matter() -> None:
    text = f"""/* a comment;
    of two lines */ {_HEADER}
    assign O[0] = n1; // net 1
    assign  n1=~ ( A[0]&n2 ) ; wire n1,
      n2;
    assign n2 = B[7] | 1'b1;
    {_REST}"""
    netlist = from_verilog(text)
    assert [cell.kind for cell in netlist.cells] == ["or2", "nand2"]
    assert netlist.cells[0].inputs == (17, 1)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("assign O[0] = n1;", "f.v:2: net n1 is not declared"),
        ("wire n1;\nassign O[0] = n1;", "f.v:3: net n1 is not driven"),
        ("", r"f.v: output O\[0\] is not driven"),
        ("assign O[0] = A[0];\nassign O[0] = A[1];", r"f.v:3: net O\[0\] is already driven by f"),
        ("assign O[1] = A[0];\nassign O[0] = A[1];", r"net O\[1\] is already driven by f.v:2"),
        ("assign A[0] = B[0];", r"f.v:2: net A\[0\] is already driven by the circuit's inputs"),
        ("wire x, y;\nassign x = ~y;\nassign y = ~x;", "f.v:[34]: combinational loop through"),
        ("assign O[0] = A[8];", r"net A\[8\] is not declared"),
        ("assign O[0] = A[0] - B[0];", "is no cell this package knows"),
        ("assign O[0] = A[0] + B[0];", "is no cell this package knows"),
        ("NAND5X1 u1(.A(A[0]), .Y(O[0]));", "f.v:2: unknown cell or statement 'NAND5X1"),
        ("wire [3:0] n;", r"f.v:2: '\[3:0\] n' is not the name of a one-bit wire"),
    ],
)
def test_malformed_bodies_name_file_and_line(body: str, message: str) -> None:
    with pytest.raises(NetlistError, match=message):
        from_verilog(f"{_HEADER}\n{body}\n{_REST}", source="f.v")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.v: expected a module"),
        ("\nwire x; endmodule", "f.v:2: expected 'module NAME"),
        (
            _HEADER.replace("[7:0] B", "[6:0] B") + _REST,
            r"f.v:1: expected .* got .*input \[6:0\] B",
        ),
        (_HEADER.replace("15", "14") + _REST, r"got .*output \[14:0\] O"),
        (_HEADER.replace("input [7:0] A", "input A") + _REST, "got input A, input"),
        (_HEADER, "expected endmodule at the end"),
        (f"{_HEADER}\n{_REST}\n{_HEADER}", "f.v:17: expected endmodule at the end"),
    ],
)
def test_other_modules_are_explained(text: str, message: str) -> None:
    with pytest.raises(NetlistError, match=message):
        from_verilog(text, source="f.v")


def test_files_that_cannot_be_read_are_explained(tmp_path: Path) -> None:
    with pytest.raises(NetlistError, match="cannot read the netlist .*none.v"):
        load_verilog(tmp_path / "none.v")
    (tmp_path / "binary.v").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NetlistError, match="cannot read the netlist .*binary.v"):
        load_verilog(tmp_path / "binary.v")
