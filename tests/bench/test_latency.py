import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from evoapproxnas.bench.help_protocol import PUBLISHED, TEST_DEVICES
from evoapproxnas.bench.latency import LatencyProtocol, bench_curve, bench_latency
from evoapproxnas.cli.app import app
from evoapproxnas.errors import MeasurementError, UnknownNameError
from evoapproxnas.hardware.hw_nas_bench import load_table
from tests.nas_bench import needs_table

MADE = LatencyProtocol(devices=("fpga",), known=("raspi4", "eyeriss"), draws=3)
"""A protocol for the devices of the made table."""


def means(scores):
    frame = pd.DataFrame(scores)
    return frame.groupby(["method", "references"])["spearman"].mean()


def test_published_means_follow_from_the_published_values():
    told = {row.method: np.mean(list(row.spearman.values())) for row in PUBLISHED}
    assert told == pytest.approx({"FLOPs": 0.787, "BRP-NAS": 0.789, "HELP": 0.932}, abs=5e-4)
    assert all(tuple(row.spearman) == TEST_DEVICES for row in PUBLISHED)


def test_every_method_is_scored_on_what_it_has_not_seen(made_table):
    scores = bench_latency(made_table, MADE)
    assert [(s.method, s.references, s.measured) for s in scores] == [
        ("flops", "", 0),
        ("limit", "", 15625),
        ("table", "designed", 10),
        ("table", "random", 10),
        ("transfer", "designed", 10),
        ("transfer", "random", 10),
    ]
    assert scores[0].spearman < 0.95
    assert np.isnan(scores[0].error_pct)
    for score in scores[1:]:
        assert score.low <= score.spearman <= score.high
        assert score.spearman == pytest.approx(1)  # The FPGA is a sum of its operations.
        assert score.error_pct < 0.01


def test_the_same_seed_gives_the_same_scores(made_table):
    assert bench_latency(made_table, MADE)[1:] == bench_latency(made_table, MADE)[1:]


def test_too_few_networks_for_a_table_score_nothing(made_table):
    scores = bench_curve(made_table, MADE, sizes=(3, 10))
    tables = [s for s in scores if s.method == "table"]
    assert [s.spearman for s in tables] == pytest.approx([0, 0, 1, 1])
    assert all(s.spearman > 0.5 for s in scores if s.method == "transfer")


def test_what_cannot_be_measured_is_refused(made_table):
    with pytest.raises(UnknownNameError, match="unknown device of .* 'fpgaa'; did you mean"):
        bench_latency(made_table, LatencyProtocol(devices=("fpgaa",), known=("raspi4",)))
    with pytest.raises(UnknownNameError, match="'1080ti_1'"):
        bench_latency(made_table, LatencyProtocol(devices=("fpga",)))
    for name in ("references", "known_networks"):
        protocol = LatencyProtocol(devices=("fpga",), known=("raspi4",), **{name: 0})
        with pytest.raises(MeasurementError, match="expected 1 to 15625, got 0"):
            bench_latency(made_table, protocol)


@needs_table
def test_ten_networks_are_enough():
    """The floor is 0.945; HELP reports 0.932."""
    found = means(bench_latency(load_table(), LatencyProtocol(draws=5)))
    assert found["table", "designed"] > 0.975
    assert found["transfer", "designed"] > 0.97
    assert found["transfer", "random"] > found["flops", ""] + 0.1
    assert found["limit", ""] < 0.98
    four = means(bench_curve(load_table(), LatencyProtocol(draws=0), sizes=(4,)))
    assert four["transfer", "designed"] > 0.945


@needs_table
def test_scores_are_printed_and_drawn(tmp_path):
    command = ["bench", "latency", "--draws", "1", "--device", "fpga"]
    output = CliRunner().invoke(app, [*command, "-o", str(tmp_path / "latency.svg")]).output
    assert "HELP, published" in output
    assert (tmp_path / "latency.svg").stat().st_size > 5000
    found = json.loads(CliRunner().invoke(app, [*command, "--distinct", "--json"]).output)
    assert found["published"][-1]["spearman"] == {"fpga": 0.985}
    assert found["scores"][0]["error_pct"] is None
    other = CliRunner().invoke(app, [*command[:-1], "titanx_1", "--json"])
    assert json.loads(other.output)["published"] == []
