import numpy as np
import pytest

from evoapproxnas.hardware.hw_nas_bench import load_table
from evoapproxnas.hardware.hw_nas_bench.cells import index_of
from evoapproxnas.hardware.hw_nas_bench.skeleton import network_work
from evoapproxnas.problems.tabular.figures import macs, multiplier_energy_nj
from tests.nas_bench import REAL, needs_table

NUMBERS = (0, 1, 777, 5_000, 15_624)


@needs_table
@pytest.mark.parametrize("dataset", ["cifar10", "cifar100", "ImageNet16-120"])
def test_multiplications_are_those_of_the_table(dataset):
    counted = macs(load_table(REAL.parent), dataset)
    for number in NUMBERS:
        work = network_work(number, dataset)
        classes = work.layers[-1].output_shape[2]
        # The table counts the offsets of the classifier, too.
        assert work.total + classes == counted[number]
        assert not work.not_covered


def test_a_cell_without_convolutions_leaves_what_is_around_it(made_table):
    work = network_work(index_of((0,) * 6), "cifar10")
    assert [layer.path for layer in work.layers] == [
        *("stem", "reduction1/a", "reduction1/b", "reduction1/shortcut"),
        *("reduction2/a", "reduction2/b", "reduction2/shortcut", "head"),
    ]
    whole = network_work(index_of((3,) * 6), "cifar10")
    assert len(whole.layers) == len(work.layers) + 3 * 5 * 6
    energies = multiplier_energy_nj(made_table, "cifar10")
    ratio = energies[index_of((3,) * 6)] / energies[index_of((0,) * 6)]
    assert ratio == pytest.approx(whole.total / work.total)
    assert np.all(energies > 0)
