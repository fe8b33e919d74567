from pathlib import Path

import numpy as np
import pytest

from evoapproxnas.circuits import load_verilog, product_table
from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers import (
    add_multiplier,
    export_circuit,
    generate_multiplier,
    load_library,
)


def test_generated_multipliers_are_in_the_library_at_once() -> None:
    entry, netlist = generate_multiplier("drum", {"segment": 4})
    assert entry.name == "mul8u_drum_k4"
    assert entry.origin == "generated: drum, segment 4"
    assert entry.mre_pct == pytest.approx(5.88679)
    assert add_multiplier(entry, netlist) == entry
    assert add_multiplier(entry, netlist) == entry
    assert np.array_equal(load_library()["mul8u_drum_k4"].table, product_table(netlist))


def test_a_name_taken_by_another_digest_is_refused(tmp_path: Path) -> None:
    entry, netlist = generate_multiplier("drum", {"segment": 4}, name="mul8u_exact")
    for library in (None, tmp_path):
        with pytest.raises(MultiplierError, match="'mul8u_exact' is taken"):
            add_multiplier(entry, netlist, library=library)
    assert list(tmp_path.iterdir()) == []


def test_generated_circuits_can_be_written_to_a_file(tmp_path: Path) -> None:
    entry, netlist = generate_multiplier("mitchell", {}, signed=True)
    path = export_circuit(entry, netlist, tmp_path / "m.v")
    assert load_verilog(path) == netlist
    table = np.fromfile(export_circuit(entry, netlist, tmp_path / "m.bin"), "<i2")
    assert np.array_equal(table.reshape(256, 256), product_table(netlist, signed=True))
