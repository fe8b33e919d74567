"""Measurements on the disk: what counts, what does not, and what is said of it."""

import json
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace

import pytest

from evoapproxnas.emulation.kernels.choice import (
    MEASUREMENT_VARIABLE,
    MeasurementNotice,
    Sample,
    ThreadTimes,
    here,
    keep,
    recall,
    remembered_costs,
)
from evoapproxnas.errors import StoreError
from tests.emulation.kernels.choice.made import MACHINE, VERSIONS, conv, measurement, times

AGAIN = "`python -m evoapproxnas bench machine` measures this one"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """The user's cache folder is the test's, and measurements are looked for."""
    monkeypatch.delenv(MEASUREMENT_VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "evoapproxnas" / "machines"


def test_what_is_kept_is_recalled():
    made = measurement()
    path = keep(made)
    assert recall(MACHINE).measurement == made
    assert recall(MACHINE).note == ""
    later = replace(made, date="2026-11-29")
    assert keep(later) == path
    assert recall(MACHINE).measurement == later


def test_a_machine_that_was_never_measured_is_no_matter_to_talk_about():
    assert recall(MACHINE) == recall(replace(MACHINE, cores=1))
    assert recall(MACHINE).measurement is None
    assert recall(MACHINE).note == ""


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"processor": "Other CPU"}, "its processor: Made-up CPU, here Other CPU"),
        ({"features": ("avx2",)}, "its features: sse2, here no others"),
        ({"kernels": ("numba", "vnni", "new")}, "its kernels: no others, here new"),
        ({"cores": 8}, "its cores: 4, here 8"),
        ({"gpus": 1}, "its gpus: 0, here 1"),
        ({"versions": VERSIONS | {"numba": "0.69"}}, "numba 0.68"),
    ],
)
def test_a_measurement_of_another_machine_or_version_is_ignored_with_a_note(
    change, told, tmp_path, monkeypatch
):
    here_now = replace(MACHINE, **change)
    keep(measurement())
    assert recall(here_now).measurement is None
    assert told in recall(here_now).note
    assert AGAIN in recall(here_now).note
    monkeypatch.setenv(MEASUREMENT_VARIABLE, str(tmp_path / "mine.json"))
    keep(measurement())
    assert recall(here_now).measurement is None
    assert told in recall(here_now).note
    assert recall(MACHINE).measurement == measurement()


def test_machines_that_share_a_home_do_not_overwrite_each_other(cache):
    other = replace(MACHINE, processor="Other CPU")
    keep(measurement())
    keep(measurement(other))
    assert recall(MACHINE).measurement == measurement()
    assert recall(other).measurement == measurement(other)
    assert len(list(cache.iterdir())) == 2


def changed(**values):
    return json.dumps(asdict(measurement()) | values)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "not valid JSON"),
        ("[1, 2", "not valid JSON"),
        ("[" * 3000, "not valid JSON"),
        ("[]", "not in form 1 of measurements, but in None"),
        (changed(schema=0), "but in 0"),
        (changed(by_threads=[]), "by_threads"),
        (changed(by_threads=3), "by_threads"),
        (changed(machine=None), "machine"),
        (changed(date=1), "date"),
        (changed(more=1), "'more' is not one of"),
        (changed().replace("0.001", "-1.0"), "seconds"),
        (changed().replace("0.001", "NaN"), "finite"),
        (changed().replace('"wide"', '"long"'), "wide"),
        (changed().replace('"groups": 1', f'"groups": {10**400}'), "groups"),
    ],
)
def test_a_damaged_file_is_as_good_as_none(content, told):
    path = keep(measurement())
    path.write_text(content, "utf-8")
    found = recall(MACHINE)
    assert found.measurement is None
    assert told in found.note
    assert str(path) in found.note
    assert AGAIN in found.note
    keep(measurement())
    assert recall(MACHINE).measurement == measurement()


def test_the_home_of_nobody_is_as_good_as_none(monkeypatch):
    monkeypatch.setenv(MEASUREMENT_VARIABLE, "~nobody-of-this-name/mine.json")
    assert "there is no ~nobody" in recall(MACHINE).note


def test_bytes_that_are_no_text_and_folders_in_the_way_are_as_good_as_none():
    path = keep(measurement())
    path.write_bytes(b"\xff\xfe\x00")
    assert "cannot read" in recall(MACHINE).note
    path.unlink()
    path.mkdir()
    assert recall(MACHINE).measurement is None
    with pytest.raises(StoreError, match="cannot write"):
        keep(measurement())


def test_without_a_folder_that_can_be_written_everything_works_but_keeping(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    assert recall(MACHINE).measurement is None
    with pytest.raises(StoreError, match="no folder can be written; EVOAPPROXNAS_MEASUREMENT may"):
        keep(measurement())
    monkeypatch.setenv(MEASUREMENT_VARIABLE, str(tmp_path / "file" / "deep" / "mine.json"))
    with pytest.raises(StoreError, match="EVOAPPROXNAS_MEASUREMENT may name a file elsewhere"):
        keep(measurement())
    assert "there is no" in recall(MACHINE).note


def test_it_can_be_switched_off(cache, monkeypatch):
    keep(measurement())
    monkeypatch.setenv(MEASUREMENT_VARIABLE, "off")
    assert recall(MACHINE).measurement is None
    assert recall(MACHINE).note == ""
    with pytest.raises(StoreError, match="EVOAPPROXNAS_MEASUREMENT is 'off'"):
        keep(measurement())


def test_many_writers_leave_one_whole_file(cache):
    made = [replace(measurement(), date=f"day {i}") for i in range(16)]
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(keep, made))) == 1
    assert recall(MACHINE).measurement in made
    assert len(list(cache.iterdir())) == 1


def test_the_nearest_number_of_threads_counts():
    one, many = (ThreadTimes(n, {"numba": times(1.0, Sample(conv(), 1, 1.0))}) for n in (1, 16))
    made = replace(measurement(), by_threads=(one, many))
    assert [made.with_threads(n).threads for n in (1, 2, 3, 5, 16, 64)] == [1, 1, 1, 16, 16, 16]


@pytest.fixture
def machine(monkeypatch):
    """This machine is the made-up one, and nothing of it was asked before."""
    monkeypatch.setattr(here, "this_machine", lambda: MACHINE)
    for function in (here._costs, here._measurement):
        function.cache_clear()
    yield MACHINE
    for function in (here._costs, here._measurement):
        function.cache_clear()


def test_costs_of_this_machine_are_of_kernels_that_are_of_use(machine):
    kernels = {"numba": times(0.05, Sample(conv(), 1, 1e-3)), "slow": replace(times(1.0),
               constants={})}  # fmt: skip
    keep(measurement(**kernels))
    assert set(remembered_costs(2)) == {"numba"}


def test_a_measurement_that_does_not_count_is_told_once(machine):
    keep(measurement()).write_text("{", "utf-8")
    with pytest.warns(MeasurementNotice, match="auto' goes by constants .*bench machine"):
        assert remembered_costs(1) is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert remembered_costs(2) is None


def test_workers_do_not_repeat_it(machine, monkeypatch):
    keep(measurement()).write_text("{", "utf-8")
    monkeypatch.setattr(here.multiprocessing, "parent_process", object)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert remembered_costs(1) is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_as_good_as_none():
    path = keep(measurement())
    path.chmod(0)
    assert "cannot read" in recall(MACHINE).note
