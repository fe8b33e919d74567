"""Names of circuits in what is written for other tools."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evoapproxnas.circuits import Netlist, from_blif, from_verilog, to_blif, to_c, to_verilog
from evoapproxnas.circuits.names import identifier
from evoapproxnas.errors import NetlistError

_ZERO = Netlist((), (0,) * 16)


@pytest.mark.parametrize("writer", [to_verilog, to_blif, to_c])
@pytest.mark.parametrize(
    "name",
    ["", "x y", "m;\nendmodule", "f(){} int g", "a\n.end", "9", "../x", "é", "m\x00", "x\n"],
)
def test_a_name_cannot_bring_code(writer: type, name: str) -> None:
    with pytest.raises(NetlistError, match="cannot name a circuit"):
        writer(_ZERO, name)


def test_labels_become_identifiers() -> None:
    assert identifier("mul8u_1JFF") == "mul8u_1JFF"
    assert identifier("my-circuit") == "my_circuit"
    assert {identifier(word) for word in ("module", "int", "output", "logic")} == {
        "module_",
        "int_",
        "output_",
        "logic_",
    }
    assert "module my_circuit(" in to_verilog(_ZERO, "my-circuit")
    assert ".model int_\n" in to_blif(_ZERO, "int")
    assert "uint16_t int_(" in to_c(_ZERO, "int")
    assert from_verilog(to_verilog(_ZERO, "my-circuit")) == _ZERO
    assert from_blif(to_blif(_ZERO, "module")) == _ZERO


@given(st.text(max_size=30))
def test_a_comment_stays_one(text: str) -> None:
    written = to_verilog(_ZERO, "m", comment=text)
    head = written[: written.index("module m(")]
    assert re.fullmatch(r"(//[^\n\r\x0b\x0c\x1b\u2028\u2029]*\n)*", head)
    assert not any(line.endswith("\\") for line in head.splitlines())
    assert from_verilog(written) == _ZERO
