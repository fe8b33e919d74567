import numpy as np
import pytest

from evoapproxnas.errors import DatasetError, UnknownNameError
from evoapproxnas.hardware.hw_nas_bench import load_table
from evoapproxnas.hardware.hw_nas_bench.table import SHA256
from tests.nas_bench import made_arrays, needs_table, write_table


def test_figures_are_read_by_name_once(tmp_path):
    digest = write_table(tmp_path)
    table = load_table(tmp_path, sha256=digest)
    assert load_table(tmp_path / "nasbench201", sha256=digest.upper()) is table
    assert len(table) == 15625
    assert table.devices == ("eyeriss", "fpga", "raspi4")
    assert table.column("lat_raspi4_ms").dtype == np.float64
    assert table.column("c10_val200_seeds").shape == (15625, 3)
    with pytest.raises(UnknownNameError, match="did you mean 'lat_raspi4_ms'"):
        table.column("lat_raspi_ms")
    with pytest.raises(ValueError, match="read-only"):
        table.column("flops")[0] = 0
    index = table.index_of((3, 3, 4, 1, 3, 1))
    assert index == table.index_of_string(table.arch_string(1)) == 1


def test_a_changed_file_is_read_again(tmp_path):
    first = load_table(tmp_path, sha256=write_table(tmp_path))
    other = write_table(tmp_path, flops=made_arrays()["flops"] + 1)
    assert load_table(tmp_path, sha256=other).flops[0] == first.flops[0] + 1


def test_a_missing_table_says_where_it_was_looked_for_and_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("EVOAPPROXNAS_DATA", str(tmp_path / "a"))
    with pytest.raises(DatasetError, match=r"a/nasbench201/nb201\.npz.*EVOAPPROXNAS_DATA"):
        load_table()
    with pytest.raises(DatasetError, match=SHA256):
        load_table(tmp_path)


def test_another_file_is_told_by_its_digest(tmp_path):
    digest = write_table(tmp_path)
    with pytest.raises(DatasetError, match=f"SHA-256 is {digest}, expected {SHA256}"):
        load_table(tmp_path)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"flops": np.ones(7)}, r"flops has the shape \(7,\), expected \(15625,\)"),
        ({"c10_test200": None}, r"c10_test200 of shape \(15625,\) is missing"),
        ({"params": np.full(15625, np.nan)}, "params has values that are not finite"),
        ({"more": np.zeros((3, 3))}, r"more has the shape \(3, 3\)"),
        ({"unique": np.full(15625, "a")}, "unique holds <U1, expected numbers"),
        ({"ops": np.zeros((15625, 6), np.int8)}, "ops are not those"),
    ],
)
def test_arrays_that_make_no_table_are_named(tmp_path, changes, why):
    digest = write_table(tmp_path, **changes)
    with pytest.raises(DatasetError, match=f"{why}.*SHA-256 is {digest}"):
        load_table(tmp_path, sha256=digest)


def test_a_damaged_file_is_told(tmp_path):
    (tmp_path / "nb201.npz").write_bytes(b"PK no archive")
    with pytest.raises(DatasetError, match="cannot read .*SHA-256 is .*copy the file again"):
        load_table(tmp_path)


@needs_table
def test_the_real_table_is_read():
    table = load_table()
    assert table.sha256 == SHA256
    assert len(table.devices) == 27
    assert len(np.unique(table.unique)) == 6466
    assert (table.flops.min(), table.flops.max()) == (7_783_050, 220_119_690)
