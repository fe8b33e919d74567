"""Features of the processor can be switched off, with all that depend on them."""

import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from evoapproxnas.bench import lesser_cpu
from evoapproxnas.cli.app import app
from evoapproxnas.emulation.kernels import KERNELS
from evoapproxnas.emulation.kernels.host import cpu
from evoapproxnas.errors import MeasurementError, QuantizationError, UnknownNameError
from evoapproxnas.kernel_names import FEATURES_VARIABLE

FAMILY = ("avx", "avx2", "avxvnni", "avx512f", "avx512bw", "avx512vbmi", "avx512vnni", "avx10.1",
          "amx-tile", "amx-int8", "sse2")  # fmt: skip


@pytest.fixture
def xeon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A processor that has it all, whatever this one is."""
    monkeypatch.setattr(cpu, "_known", lambda: dict.fromkeys(FAMILY, True))
    monkeypatch.setattr(cpu.config, "CPU_FEATURES", None)
    monkeypatch.delenv(FEATURES_VARIABLE, raising=False)
    for each in (cpu._present, cpu._without):
        monkeypatch.setattr(cpu, each.__name__, each.__wrapped__)


@pytest.mark.parametrize(
    ("setting", "left"),
    [
        ("", FAMILY),
        ("-avx512vbmi", [name for name in FAMILY if name not in ("avx512vbmi", "avx10.1")]),
        (" -avx512f , -amx-tile", ["avx", "avx2", "avxvnni", "sse2"]),
        ("-avx2,-amx-int8", ["avx", "amx-tile", "sse2"]),
        ("-avx", ["amx-tile", "amx-int8", "sse2"]),
    ],
)
def test_what_depends_on_a_feature_goes_with_it(
    xeon: None, setting: str, left: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FEATURES_VARIABLE, setting)
    assert cpu.cpu_features() == set(left)
    assert cpu.switched_off() == set(FAMILY) - set(left)


def test_numba_is_told_what_it_may_use(xeon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cpu.numba_target() is None
    monkeypatch.setenv(FEATURES_VARIABLE, "-avx512vnni")
    target = (cpu.numba_target() or "").split(",")
    assert target[-2:] == ["-avx10.1", "-avx512vnni"]
    assert "+avx512f" in target
    assert len(target) == len(FAMILY)


def test_numba_s_own_setting_counts(xeon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cpu.config, "CPU_FEATURES", "+avx,+avx2,-avx512f")
    assert cpu.cpu_features() == {"avx", "avx2"}
    monkeypatch.setattr(cpu.config, "CPU_FEATURES", "")
    assert not cpu.cpu_features()


def test_settings_that_cannot_be_read(xeon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FEATURES_VARIABLE, "+avx2")
    with pytest.raises(QuantizationError, match=r"got '\+avx2': put a minus before it"):
        cpu.cpu_features()
    monkeypatch.setenv(FEATURES_VARIABLE, "-avx512vbm")
    with pytest.raises(UnknownNameError, match="did you mean 'avx512vbmi'"):
        cpu.lacking("avx2")


@pytest.mark.parametrize(
    ("setting", "running", "resting"),
    [
        ("-avx512vbmi", {"vnni", "amx", "words", "avx2"}, {"avx512"}),
        ("-avx512f,-amx-tile", {"vnni", "words", "avx2"}, {"avx512", "amx"}),
        ("-avx512vnni,-avxvnni", {"words", "avx2", "avx512"}, {"vnni"}),
        ("-avx2,-amx-tile", {"numba"}, {"vnni", "words", "avx2", "avx512", "amx"}),
    ],
)
def test_kernels_that_are_left(
    xeon: None, setting: str, running: set[str], resting: set[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from evoapproxnas.emulation.kernels.tiles import amx_kernel

    monkeypatch.setattr(amx_kernel, "_tiles_permitted", lambda: True)
    monkeypatch.setenv(FEATURES_VARIABLE, setting)
    assert {name for name in running | resting if KERNELS[name].missing() is None} == running


def test_doctor_tells_what_is_switched_off(xeon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FEATURES_VARIABLE, "-avx512vbmi")
    result = CliRunner().invoke(app, ["doctor", "--json"])
    found = {each["name"]: each["found"] for each in json.loads(result.stdout)}
    assert found["switched off"] == f"avx512vbmi ({FEATURES_VARIABLE} is set)"
    assert "avx512vbmi" not in found["features"] + found["lacking"]
    monkeypatch.setenv(FEATURES_VARIABLE, "avx2")
    result = CliRunner().invoke(app, ["doctor", "--json"])
    found = {each["name"]: each for each in json.loads(result.stdout)}
    assert "put a minus" in found["features"]["advice"]


def test_float32_is_restricted_before_tensorflow_is_loaded() -> None:
    program = f"""
import os
from evoapproxnas.bench.lesser_cpu import do_without
for setting in ("-avx512f,-avxvnni", "-avx512vnni", "-avx512vbmi", "-avx2"):
    os.environ.pop("ONEDNN_MAX_CPU_ISA", None)
    do_without(setting)
    print(os.environ["{FEATURES_VARIABLE}"], os.environ.get("ONEDNN_MAX_CPU_ISA"))
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert done.stdout.splitlines() == [
        "-avx512f,-avxvnni AVX2",
        "-avx512vnni AVX512_CORE",
        "-avx512vbmi None",
        "-avx2 AVX",
    ], done.stderr
    with pytest.raises(MeasurementError, match="in a process of its own"):
        lesser_cpu.do_without("-avx2")


def test_the_benchmark_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(app, ["bench", "emulation", "--quick", "--cpu-features", "-avx2"])
    assert isinstance(result.exception, MeasurementError)
