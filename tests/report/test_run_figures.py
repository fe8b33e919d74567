"""Every figure of runs is drawn, wide and narrow, and says what it cannot draw."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.report import (
    draw_confusion,
    draw_importance,
    draw_lineage,
    draw_network,
    draw_pareto,
    draw_progress,
    draw_usage,
)
from evoapproxnas.report.data import (
    baseline_frame,
    confusion_frame,
    front_frame,
    gene_frame,
    importance_frame,
    lineage_frame,
    network_drawing,
    progress_frame,
    usage_frame,
)
from evoapproxnas.report.figure_file import save_figure
from evoapproxnas.store import load_run

ROOT = Path(__file__).parents[2]
WIDTHS = (3.5, 7.2)


def labels(figure):
    held = [legend for axes in figure.axes if (legend := axes.get_legend())] + figure.legends
    return {text.get_text() for legend in held for text in legend.get_texts()}


@pytest.mark.parametrize("width", WIDTHS)
def test_a_front_stands_beside_its_baselines(networks, width, tmp_path):
    front = front_frame([networks], points=True)
    members = front[front["member"]]
    figure = draw_pareto(front, baselines=baseline_frame(members), width=width)
    assert labels(figure) == {"front", "same networks, exact 8-bit", "same networks, float"}
    sizes = [len(marks.get_offsets()) for marks in figure.axes[0].collections]
    assert len(members) in sizes
    save_figure(figure, tmp_path / "a.pdf")
    assert figure.get_figwidth() == width


@pytest.mark.parametrize("width", WIDTHS)
def test_seeds_are_bands_and_three_objectives_three_panels(seeds, three, width, tmp_path):
    figure = draw_pareto(front_frame(seeds), width=width)
    assert len(figure.axes) == 1
    save_figure(figure, tmp_path / "a.png")
    figure = draw_pareto(front_frame([three], points=True), width=width)
    assert [axes.get_xlabel() for axes in figure.axes] == ["cost", "spare", "spare"]
    save_figure(figure, tmp_path / "a.png")


@pytest.mark.parametrize("width", WIDTHS)
def test_progress_is_drawn_over_all_that_is_known(seeds, failed, width, tmp_path):
    over = ("evaluation", "seconds", "passes", "trained_seconds")
    figure = draw_progress(progress_frame([*seeds, failed]), over=over, width=width)
    assert len(figure.axes) == 4
    assert labels(figure) == {"search, 3 seeds: median, quartiles", "failed"}
    save_figure(figure, tmp_path / "a.png")


@pytest.mark.parametrize("width", WIDTHS)
def test_lineages_are_drawn_those_of_failures_too(networks, failed, width, tmp_path):
    figure = draw_lineage(lineage_frame(networks), width=width)
    assert {"on the front", "varied"} <= labels(figure)
    save_figure(figure, tmp_path / "a.png")
    figure = draw_lineage(lineage_frame(failed), width=width)
    assert "failed" in labels(figure)
    save_figure(figure, tmp_path / "a.png")


@pytest.mark.parametrize("width", WIDTHS)
def test_genes_and_multipliers_are_drawn(networks, seeds, width, tmp_path):
    save_figure(
        draw_importance(importance_frame(gene_frame(seeds)), width=width), tmp_path / "a.png"
    )
    figure = draw_usage(usage_frame([networks]), width=width, title="<b>all</b> of $it$")
    save_figure(figure, tmp_path / "a.svg")
    assert "&lt;b&gt;all" in (tmp_path / "a.svg").read_text()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_network_is_drawn_with_its_multipliers(networks, width, tmp_path):
    network = networks.network(networks.front()["id"].iloc[0])
    figure = draw_network(network_drawing(network), width=width, title="a network")
    texts = "\n".join(text.get_text() for text in figure.axes[0].texts)
    assert all(layer.multiplier in texts for layer in network.approx_layers[:-1])
    save_figure(figure, tmp_path / "a.svg")


@pytest.mark.parametrize("classes", [3, 10, 60])
def test_confusion_is_drawn_of_few_and_many_classes(classes, tmp_path):
    rng = np.random.default_rng(0)
    truth = rng.integers(classes, size=500)
    said = {"exact 8-bit": truth, "approximate": rng.integers(classes, size=500)}
    figure = draw_confusion(confusion_frame(truth, said, classes=classes), title="x")
    assert figure.axes[0].get_title() == "exact 8-bit: 100.00 % right"
    save_figure(figure, tmp_path / "a.png")


def test_one_point_constant_objectives_and_thousands(networks, seeds, tmp_path):
    front = front_frame([networks])
    save_figure(draw_pareto(front.head(1)), tmp_path / "a.png")
    still = front_frame(seeds, points=True)
    save_figure(draw_pareto(_with(still, cost=3.0)), tmp_path / "a.png")
    many = _with(pd.concat([still] * 60, ignore_index=True), attrs=still.attrs)
    assert len(many) > 3000
    save_figure(draw_pareto(many), tmp_path / "a.svg")
    assert (tmp_path / "a.svg").stat().st_size < 1_000_000


def _with(table, attrs=None, **columns):
    made = table.assign(**columns)
    made.attrs = attrs or table.attrs
    return made


@pytest.mark.parametrize(
    ("draw", "frame"),
    [
        (draw_pareto, lambda run: front_frame([run])),
        (draw_progress, lambda run: progress_frame([run])),
        (draw_lineage, lineage_frame),
        (draw_usage, lambda run: usage_frame([run]).iloc[:0]),
        (draw_importance, lambda run: importance_frame(gene_frame([run]), [])),
        (draw_confusion, lambda run: confusion_frame(np.array([]), {})),
    ],
)
def test_what_cannot_be_drawn_is_said(draw, frame, empty, networks):
    run = networks if draw is draw_usage else empty
    with pytest.raises(ConfigError, match=r"draw|matter|in use"):
        draw(frame(run))


def test_unknown_columns_are_named(networks, seeds):
    with pytest.raises(ConfigError, match="no figure 'id'"):
        draw_lineage(lineage_frame(networks), figure_of="id")
    with pytest.raises(ConfigError, match="expected some of evaluation"):
        draw_progress(progress_frame(seeds), over=("hours",))


def test_a_run_is_drawn_while_it_is_written(networks):
    """A writer in the middle of a transaction neither waits nor is waited for."""
    writer = load_run(networks.path)
    writer.begin_writing()
    try:
        with writer.database.transaction():
            writer.database.start_session()
            reader = load_run(networks.path, read_only=True)
            with reader.database.snapshot():
                before = lineage_frame(reader)
            draw_pareto(front_frame([reader]))
        with reader.database.snapshot():
            sessions = len(reader.database.sessions())
            writer.database.start_session()
            assert len(reader.database.sessions()) == sessions
        assert len(reader.database.sessions()) == sessions + 1
        assert len(before) == len(networks.database.candidates())
        reader.database.close()
    finally:
        writer.database.close()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("pareto", ["--objective", "error", "--objective", "macs", "--width", "3.5"]),
        ("progress", ["--over", "evaluation"]),
        ("lineage", ["--color", "energy_nj"]),
        ("multipliers", ["--all"]),
    ],
)
def test_scripts_leave_a_figure_and_its_data(script, words, networks, tmp_path):
    figure, data = tmp_path / "a.svg", tmp_path / "a.csv"
    command = [sys.executable, f"plots/{script}.py", str(networks.path), *words]
    subprocess.run([*command, "-o", figure, "--data", data], check=True, cwd=ROOT)
    assert figure.stat().st_size > 1000
    assert len(pd.read_csv(data)) > 1


def test_scripts_say_in_a_line_what_is_wrong(failed, tmp_path):
    command = [sys.executable, "plots/pareto.py", str(failed.path), "-o", tmp_path / "a.png"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert done.stderr.startswith("error: run failed has no evaluated network yet")
    assert "Traceback" not in done.stderr
