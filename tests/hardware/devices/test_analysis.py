import numpy as np
import pytest

from evoapproxnas.errors import UnknownNameError
from evoapproxnas.hardware.devices import analyse_devices
from evoapproxnas.hardware.hw_nas_bench import load_table
from evoapproxnas.pareto import hypervolume, non_dominated, reference_point
from tests.nas_bench import needs_table


def test_costs_are_compared_with_figures_and_each_other(made_table):
    found = analyse_devices(made_table)
    costs = dict(zip(found.costs, found.figures, strict=True))
    assert "raspi4_latency" in costs
    assert costs["raspi4_latency"].flops_spearman > costs["eyeriss_latency"].flops_spearman > 0.3
    assert costs["raspi4_latency"].flops_spearman > costs["raspi4_latency"].flops_kendall
    assert np.diag(found.spearman) == pytest.approx(1)
    assert found.spearman == pytest.approx(found.spearman.T)


def test_a_front_loses_nothing_on_its_own_device(made_table):
    found = analyse_devices(made_table)
    assert np.diag(found.lost) == pytest.approx(0)
    assert (found.lost >= -1e-12).all()
    fpga = [found.costs.index(name) for name in ("fpga_latency", "fpga_energy")]
    assert found.lost[fpga[0]] == pytest.approx(found.lost[fpga[1]])  # One is seven of the other.
    error = 100 - made_table.column("c10_test200")
    planes = {name: np.column_stack([error, made_table.column(f"lat_{name}_ms")])
              for name in ("raspi4", "eyeriss")}  # fmt: skip
    worst = reference_point(planes["eyeriss"])
    whole, part = (hypervolume(planes["eyeriss"][non_dominated(planes[name])], worst)
                   for name in ("eyeriss", "raspi4"))  # fmt: skip
    row, column = (found.costs.index(f"{name}_latency") for name in ("raspi4", "eyeriss"))
    assert found.lost[row, column] == pytest.approx(1 - part / whole, abs=1e-6)


def test_other_data_sets_have_their_costs(made_table):
    assert "pi5_onnx_energy" in analyse_devices(made_table, "cifar100").costs
    with pytest.raises(UnknownNameError, match="did you mean 'cifar10'"):
        analyse_devices(made_table, "cifar")


@needs_table
def test_devices_disagree_as_far_as_published():
    found = analyse_devices(load_table())
    assert min(figure.flops_kendall for figure in found.figures) == pytest.approx(0.424, abs=1e-3)
    assert found.spearman.min() == pytest.approx(0.367, abs=1e-3)
