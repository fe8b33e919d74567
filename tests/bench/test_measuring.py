"""`bench machine`: made-up times are fitted, and tiny layers are timed (times never checked)."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from evoapproxnas.bench import doctor, measuring
from evoapproxnas.bench.measuring import (
    FEW_LAYERS,
    MEASURED_LAYERS,
    fit_constants,
    summarize,
    timing,
)
from evoapproxnas.cli.app import app
from evoapproxnas.emulation.kernels import KERNELS, Geometry, choose_kernel
from evoapproxnas.emulation.kernels.choice import (
    KernelTimes,
    Remembered,
    Sample,
    keep,
    recall,
    this_machine,
)
from evoapproxnas.emulation.kernels.choice.costs import measured_cost
from evoapproxnas.emulation.kernels.choice.work import QUANTITIES, quantities
from evoapproxnas.errors import MeasurementError
from tests.emulation.kernels.choice.made import conv, measurement, table, times

TRUTH = {"calls": 5e4, "codes": 0.8, "outputs": 0.6, "lane_products": 0.04}


def true_seconds(work, terms=1):
    constants = np.array([TRUTH.get(name, 0.0) for name in QUANTITIES])
    return 1e-9 * float(quantities(work, terms) @ constants)


@pytest.fixture
def remembering(tmp_path, monkeypatch):
    monkeypatch.setenv("EVOAPPROXNAS_MEASUREMENT", str(tmp_path / "measured.json"))


def test_constants_are_found_again():
    samples = [Sample(each.work, 1, true_seconds(each.work)) for each in MEASURED_LAYERS]
    cost = measured_cost(KernelTimes(fit_constants(samples), tuple(samples)))
    for work in (conv(40), conv(24, images=100), conv(96, kernel=1), conv(8, images=1)):
        assert cost.seconds(work, 1) == pytest.approx(true_seconds(work), rel=0.1)


def test_families_have_constants_of_their_own_and_none_without_calls():
    wide = [Sample(each.work, 1, 1e-3) for each in MEASURED_LAYERS if each.work.family == "wide"]
    assert set(fit_constants(wide)) == {"wide"}
    assert fit_constants([]) == {}


def test_the_layers_have_every_kind():
    kinds = {(each.shape.kind, each.shape.kernel, each.window_sums) for each in MEASURED_LAYERS}
    for kind, kernel in (("conv", 3), ("conv", 1), ("dense", 1), ("depthwise", 3)):
        assert {(kind, kernel, False), (kind, kernel, True)} <= kinds


def test_kernels_that_are_slow_or_of_no_use_are_left_out(monkeypatch):
    """Seconds of a call by kernel: for look-ups, and for one term of the others."""
    per_call = {"numba": 1.0, "tensorflow": 20.0, "factorized": 0.9, "reference": 1000.0}
    monkeypatch.setattr(timing, "KERNELS", {name: KERNELS[name] for name in per_call})
    called = []

    def fake(layer, name, products):
        called.append(name)
        return [per_call[name] * (KERNELS[name].terms(products) or 1)]

    monkeypatch.setattr(timing, "_call", fake)
    monkeypatch.setattr(timing, "seconds_in_turns", lambda calls, **options: calls)
    found = timing.time_kernels(FEW_LAYERS, threads=1)
    assert found["tensorflow"] == found["reference"] == ()
    assert called.count("tensorflow") == 1
    assert [sample.terms for sample in found["numba"]] == [1, 1]
    assert [sample.terms for sample in found["factorized"]] == [1, 7, 1, 7]


def test_the_command_times_every_kernel_in_processes_of_their_own(remembering):
    command = ["bench", "machine", "--quick", "--threads", "1", "--json"]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    found = json.loads(result.stdout)
    assert found["kept"] is None
    (times_of_one,) = found["by_threads"]
    assert times_of_one["threads"] == 1
    runnable = {name for name, kernel in KERNELS.items() if kernel.missing() is None}
    assert set(times_of_one["kernels"]) == runnable
    assert all(s["seconds"] > 0 for s in times_of_one["kernels"]["numba"]["samples"])
    assert {row["kernel"] for row in found["kernels"]} == runnable
    assert recall(this_machine()).measurement is None


def made_measurement(*args, **options):
    """A measurement in which look-ups by the slowest kernel are the fastest there are."""
    return measurement(
        this_machine(),
        reference=times(1e-6, Sample(conv(), 1, 1e-6)),
        numba=times(0.05, Sample(conv(), 1, 1e-3)),
    )


def test_what_was_measured_is_kept_and_auto_goes_by_it(remembering, monkeypatch):
    monkeypatch.setattr(measuring, "measure_machine", made_measurement)
    result = CliRunner().invoke(app, ["bench", "machine"], catch_exceptions=False)
    assert "kept in" in result.stdout
    assert "fit_error_pct" in result.stdout
    layer = {"weight_shape": (3, 3, 8, 8), "geometry": Geometry()}
    assert choose_kernel("auto", table=table("any"), **layer).name == "reference"
    assert choose_kernel("numba", table=table("any"), **layer).name == "numba"
    monkeypatch.setenv("EVOAPPROXNAS_KERNEL", "tensorflow")
    assert choose_kernel("auto", table=table("any"), **layer).name == "tensorflow"
    monkeypatch.delenv("EVOAPPROXNAS_KERNEL")
    monkeypatch.setenv("EVOAPPROXNAS_MEASUREMENT", "off")
    assert choose_kernel("auto", table=table("any"), **layer).name != "reference"


def test_a_place_that_cannot_be_written_is_said_and_no_error(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("EVOAPPROXNAS_MEASUREMENT", str(tmp_path / "file" / "measured.json"))
    monkeypatch.setattr(measuring, "measure_machine", made_measurement)
    result = CliRunner().invoke(app, ["bench", "machine"], catch_exceptions=False)
    assert result.exit_code == 0
    assert "cannot make" in result.stdout


def _end(threads, layers):
    import os

    os._exit(9)


def test_a_process_that_ends_is_reported(monkeypatch):
    monkeypatch.setattr(measuring.processes, "_measure", _end)
    with pytest.raises(MeasurementError, match="with 3 threads has ended"):
        measuring.measure_machine(FEW_LAYERS, threads=[3], progress=lambda threads: None)


def test_a_summary_tells_who_is_fastest():
    made = measurement(
        slow=KernelTimes({}, ()),
        one=times(1.0, Sample(conv(8), 1, 1e-3), Sample(conv(64), 1, 4e-3)),
        other=times(1.0, Sample(conv(8), 1, 2e-3), Sample(conv(64), 1, 2e-3)),
    )
    rows = {row["kernel"]: row for row in summarize(made)}
    assert [rows[name]["fastest_on"] for name in ("slow", "one", "other")] == [0, 1, 1]
    assert rows["slow"]["most_gmacs"] is rows["slow"]["fit_error_pct"] is None
    assert rows["other"]["most_gmacs"] == pytest.approx(conv(64).macs / 2e6)


def test_doctor_says_whether_and_how_the_machine_was_measured(remembering):
    lacking = doctor._measured(Remembered(None))
    assert not lacking.fine
    assert "bench machine" in lacking.advice
    assert doctor._measured(Remembered(None, "it is damaged")).advice == "it is damaged"
    keep(made_measurement())
    known = doctor._measured(recall(this_machine()))
    assert known.fine
    assert known.found == "2026-11-28T12:00:00+00:00, threads 1: numba, reference"
