import numpy as np
import pytest

from evoapproxnas.errors import NetworkRejected, UnknownNameError
from evoapproxnas.hardware.hw_nas_bench import DATASETS, load_table
from evoapproxnas.problems.tabular import FIDELITIES, Accuracies
from evoapproxnas.problems.tabular.figures import macs, parameters
from tests.nas_bench import needs_table


@pytest.mark.parametrize("dataset", DATASETS)
def test_errors_are_shares_and_short_trainings_are_charged_less(made_table, dataset):
    known = Accuracies(made_table, dataset)
    for epochs, trainings in zip(FIDELITIES, (1, 3), strict=True):
        errors = known.validation_errors(epochs)
        assert errors.shape == (15625, trainings)
        assert np.nanmin(errors) > 0
        assert np.nanmax(errors) < 1
    assert known.train_seconds(12) == pytest.approx(known.train_seconds(200) * 0.06)
    assert known.mean_validation_errors(200).shape == known.test_errors.shape == (15625,)


def test_which_training_is_seen_can_be_said(made_table):
    known, rng = Accuracies(made_table, "cifar10"), np.random.default_rng(0)
    errors = known.validation_errors(200)
    see = known.validation_error
    assert see(1, 200, "mean", rng) == pytest.approx(errors[1].mean())
    assert see(0, 200, "mean", rng) == pytest.approx(errors[0, :2].mean())
    assert see(1, 200, 2, rng) == errors[1, 2]
    assert {see(1, 200, "drawn", rng) for _ in range(40)} == set(errors[1])
    assert {see(0, 200, "drawn", rng) for _ in range(40)} == set(errors[0, :2])
    assert see(0, 12, 2, rng) == known.validation_errors(12)[0, 0]
    with pytest.raises(NetworkRejected, match="trained 2 times.* no training 2"):
        see(0, 200, 2, rng)


def test_other_data_sets_are_told(made_table):
    with pytest.raises(UnknownNameError, match="did you mean 'cifar10'"):
        Accuracies(made_table, "cifar")


def test_the_mean_is_freed_of_test_images(made_table):
    known = Accuracies(made_table, "cifar100")
    both = 1 - np.nanmean(made_table.column("c100_valtest200_seeds"), axis=1) / 100
    mean = known.mean_validation_errors(200)
    assert (mean + known.test_errors) / 2 == pytest.approx(both)


@needs_table
@pytest.mark.parametrize(
    ("dataset", "published"), [("cifar10", 91.61), ("cifar100", 73.49), ("ImageNet16-120", 46.73)]
)
def test_the_best_networks_are_as_good_as_published(dataset, published):
    """Dong et al., NATS-Bench, TPAMI 2021, table of the optimum of the topology space."""
    errors = Accuracies(load_table(), dataset).mean_validation_errors(200)
    assert 100 * (1 - errors.min()) == pytest.approx(published, abs=0.005)


@needs_table
def test_sizes_follow_the_data_set():
    table = load_table()
    assert macs(table, "cifar10").max() == 220_119_690
    assert macs(table, "cifar100").max() == 220_119_690 + 65 * 90
    assert macs(table, "ImageNet16-120").max() == (220_119_690 - 650) / 4 + 65 * 120
    assert parameters(table, "cifar10").max() == 1_531_546
    assert parameters(table, "ImageNet16-120").max() == 1_531_546 + 65 * 110
