import numpy as np
import pytest

import evoapproxnas as ea
from evoapproxnas.errors import MeasurementError, StoreError, UnknownNameError
from evoapproxnas.hardware.devices import LatencyTable, reference_networks
from evoapproxnas.hardware.devices.counts import count_operations
from evoapproxnas.hardware.hw_nas_bench import load_table
from evoapproxnas.hardware.hw_nas_bench.cells import arch_string, canonical_cells
from evoapproxnas.hardware.hw_nas_bench.linear import EYERISS_LATENCY_MS, FPGA_LATENCY_MS
from tests.nas_bench import needs_table

NETWORKS = reference_networks()
EYERISS = EYERISS_LATENCY_MS.of(canonical_cells())


def device(prune, costs=(0.1, 0.4, 2, 9, 1)):
    """Latency of all cells on a device whose runtime prunes so."""
    return 3 + count_operations(canonical_cells(), prune=prune).values @ costs


def fitted(latency, **options):
    return LatencyTable.fit(NETWORKS, latency[list(NETWORKS)], **options)


def test_a_sum_of_operations_is_found_exactly():
    table = fitted(EYERISS.astype(np.float32))
    assert table.constant_ms == pytest.approx(1.67954)
    assert table.operation_ms["nor_conv_1x1"] == pytest.approx(0.24576)
    assert table.operation_ms["nor_conv_3x3"] == table.operation_ms["avg_pool_3x3"]
    assert table.operation_ms["none"] == table.operation_ms["skip_connect"] == 0
    assert table.predict(canonical_cells()) == pytest.approx(EYERISS, abs=1e-5)
    assert (table.prune, table.measurements) == ("none", 10)


def test_networks_of_equal_latency_stay_equal():
    predicted = fitted(EYERISS.astype(np.float32)).predict(canonical_cells())
    assert len(np.unique(predicted)) == len(np.unique(np.round(EYERISS, 4)))


@pytest.mark.parametrize("prune", ["none", "unused"])
def test_whether_a_runtime_prunes_is_found(prune):
    truth = device(prune)
    table = fitted(truth)
    assert table.prune == prune
    assert table.predict(range(15625)) == pytest.approx(truth, abs=1e-3)
    assert table.rms_error_ms < 1e-4
    other = {"none": "unused", "unused": "none"}[prune]
    assert fitted(truth, prune=other).rms_error_ms > 0.5


def test_costs_are_never_negative():
    falling = 30 - count_operations(canonical_cells(), prune="none").values @ [0, 0, 1, 3, 2]
    table = fitted(falling)
    assert min(table.constant_ms, *table.operation_ms.values()) >= 0
    assert (table.predict(range(100)) >= 0).all()


def test_networks_may_be_named_in_every_way():
    latency = EYERISS[list(NETWORKS)]
    by_name = LatencyTable.fit([arch_string(n) for n in NETWORKS], latency)
    by_operations = LatencyTable.fit(canonical_cells()[list(NETWORKS)], latency.tolist())
    assert by_name == by_operations == fitted(EYERISS)


def test_other_spaces_count_for_themselves():
    networks = [{"conv": 1}, {"conv": 2, "pool": 1}, {"pool": 3}, {"conv": 4}]
    table = LatencyTable.fit(networks, [5.0, 9.0, 5.0, 14.0])
    assert table.constant_ms == pytest.approx(2, abs=1e-4)
    assert table.predict([{"conv": 10}, {}]) == pytest.approx([32, 2], abs=1e-3)
    with pytest.raises(UnknownNameError, match="unknown operation .* 'poll'; did you mean 'pool'"):
        table.predict([{"poll": 1}])


def test_a_table_comes_back_from_its_file(tmp_path):
    table = fitted(FPGA_LATENCY_MS.of(canonical_cells()))
    table.save(tmp_path / "fpga.json")
    assert LatencyTable.load(tmp_path / "fpga.json") == table


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("{", "["), "not valid JSON"),
        (('"format": 1', '"format": 2'), "expected format 1, got 2; a newer version"),
        (('"constant_ms": ', '"constant_ms": -'), "greater than or equal to 0"),
        (('"prune": "none"', '"prune": "dead"'), "'prune'"),
        (('"measurements": 10,', ""), "'measurements' is missing"),
    ],
)
def test_a_file_that_is_no_table_is_refused(change, told, tmp_path):
    file = tmp_path / "device.json"
    fitted(EYERISS).save(file)
    file.write_text(file.read_text().replace(*change, 1))
    with pytest.raises(StoreError, match=told):
        LatencyTable.load(file)
    with pytest.raises(StoreError, match="nothing.json"):
        LatencyTable.load(tmp_path / "nothing.json")


def test_too_few_measurements_are_refused():
    with pytest.raises(MeasurementError, match="4 measurements are fewer than the 5 costs"):
        LatencyTable.fit(NETWORKS[:4], [1, 2, 3, 4])
    with pytest.raises(MeasurementError, match="3 measurements are fewer than the 6 costs"):
        LatencyTable.fit(NETWORKS[:3], [1, 2, 3], prune="unused")
    with pytest.raises(MeasurementError, match="got none"):
        LatencyTable.fit([], [])


def test_networks_that_do_not_differ_enough_are_refused():
    with pytest.raises(MeasurementError, match="none of them has nor_conv_3x3"):
        LatencyTable.fit(
            [[a, b, 0, 1, 2, 4] for a in (0, 1, 2, 4) for b in (0, 1, 2, 4)], range(16)
        )
    with pytest.raises(MeasurementError, match="do not tell the costs of operations apart"):
        LatencyTable.fit([0] * 10, [1.0] * 10)


@pytest.mark.parametrize(
    ("latency", "told"),
    [
        ([1.0] * 9, "one latency for each of 10 networks, got shape \\(9,\\)"),
        ([[1.0]] * 10, "got shape \\(10, 1\\)"),
        ([1.0] * 9 + [-2.0], "not negative, got -2.0 ms for network 9"),
        ([float("nan")] + [1.0] * 9, "got nan ms for network 0"),
        (["fast"] * 10, "must be numbers"),
        ([0.0] * 10, "10 of at most 0 ms; are they in another unit"),
        ([5e-324] * 10, "are they in another unit"),
        ([1e308] * 10, "are they in another unit"),
        ([1j] * 10, "complex"),
    ],
)
def test_what_is_no_latency_is_refused(latency, told):
    with pytest.raises(MeasurementError, match=told):
        LatencyTable.fit(NETWORKS, latency)


def test_unknown_pruning_is_refused():
    with pytest.raises(UnknownNameError, match="unknown pruning 'dead'; known: auto"):
        fitted(EYERISS, prune="dead")


@needs_table
def test_ten_measurements_say_which_device_prunes():
    bench = load_table()
    prune = {name: fitted(bench.column(f"lat_{name}_ms")).prune for name in bench.devices}
    assert {name for name, kind in prune.items() if kind == "unused"} == {"raspi4", "pixel3"}


def test_it_is_a_public_name():
    assert ea.hardware.LatencyTable is ea.hardware.devices.LatencyTable is LatencyTable
