"""Hardware genes next to a fixed accelerator, on a made table."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from evoapproxnas.bench.cosearch import bench_cosearch
from evoapproxnas.cli.app import app
from evoapproxnas.errors import ConfigError


@pytest.fixture
def table(made_table):
    place = made_table.path.parents[1]
    return [f"data.data_dir={place}", f"tabular.sha256={made_table.sha256}"]


def test_fronts_are_compared_at_equal_accuracy_under_the_same_area(table):
    """On a grid that holds the Eyeriss and is priced whole, the same networks are no dearer."""
    small = ["hardware.columns=[14]", "hardware.buffer_kb=[108]", "hardware.rows=[8, 12]"]
    (outcome,) = bench_cosearch(seeds=1, evaluations=20, settings=table, hardware=small)
    assert len(outcome.ratios) + outcome.not_reached >= 3
    assert outcome.fixed_trainings == outcome.genes_trainings == 20
    assert 0 < outcome.median_ratio <= 1
    row = outcome.row()
    assert row["compared"] == len(outcome.ratios)
    assert row["worst_edp_ratio"] == np.max(outcome.ratios)


def test_too_few_evaluations_are_refused(table):
    with pytest.raises(ConfigError, match="at least 20 evaluations, got 5"):
        next(bench_cosearch(seeds=1, evaluations=5, settings=table))


def test_the_command_prints_it(table):
    command = ["bench", "cosearch", "--seeds", "1", "--evaluations", "20", "--json"]
    settings = [word for setting in table for word in ("--set", setting)]
    result = CliRunner().invoke(app, [*command, *settings])
    assert result.exception is None
    found = json.loads(result.stdout)
    assert found["median_edp_ratio"] == found["seeds"][0]["median_edp_ratio"]
