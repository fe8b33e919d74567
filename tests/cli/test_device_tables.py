import json
from functools import partial

import pytest

from evoapproxnas.hardware.devices import reference_networks
from evoapproxnas.hardware.hw_nas_bench.cells import arch_string, canonical_cells
from evoapproxnas.hardware.hw_nas_bench.linear import EYERISS_LATENCY_MS
from tests.cli.invoking import invoke as cli
from tests.nas_bench import needs_table

invoke = partial(cli, "hardware")


def test_a_device_is_measured_fitted_and_predicted(tmp_path):
    form, table = tmp_path / "device.csv", tmp_path / "device.json"
    listed = json.loads(invoke("references", "-o", form, "--json"))
    assert [row["network"] for row in listed] == list(reference_networks())
    latency = EYERISS_LATENCY_MS.of(canonical_cells())
    head, *rows = form.read_text().splitlines()
    measured = latency[list(reference_networks())]
    filled = [f"{row}{ms}" for row, ms in zip(rows, measured, strict=True)]
    form.write_text("\n".join([head, *filled]))
    assert "all operations count" in invoke("fit", form, "-o", table)
    assert json.loads(invoke("fit", form, "-o", table, "--json"))["prune"] == "none"
    (by_number, by_name) = json.loads(invoke("predict", table, 0, arch_string(0), "--json"))
    assert by_number["latency_ms"] == by_name["latency_ms"] == pytest.approx(3.64562, abs=1e-4)


@needs_table
def test_costs_are_analysed(tmp_path):
    output = invoke("analyse", "-o", tmp_path / "devices.png")
    assert "least agreement of two costs: 0.367" in output
    assert (tmp_path / "devices.png").stat().st_size > 5000
    found = json.loads(invoke("analyse", "--dataset", "cifar100", "--json"))
    assert len(found["spearman"]) == len(found["costs"]) == len(found["lost"])
    assert "eyeriss_energy" in invoke("analyse", "--dataset", "ImageNet16-120")  # The only cost.
