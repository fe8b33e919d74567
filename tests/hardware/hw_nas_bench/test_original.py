"""The pickle of HW-NAS-Bench: plain data are read, and nothing is run."""

import collections
import os
import pickle

import numpy as np
import pytest

from evoapproxnas.errors import DatasetError
from evoapproxnas.hardware.hw_nas_bench import load_original, query
from evoapproxnas.hardware.hw_nas_bench.original import load_plain_pickle

LATENCIES = [1 + index / 1000 for index in range(15625)]


class _Calls:
    def __reduce__(self):
        return os.system, ("touch called",)


def written(folder, value, protocol=pickle.DEFAULT_PROTOCOL):
    file = folder / "bench.pickle"
    file.write_bytes(pickle.dumps(value, protocol))
    return file


def bench(**lists):
    return {"nasbench201": {"cifar10": {"config": [{"arch": "x"}], **lists}}, "fbnet": {}}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_figures_of_the_file_take_the_place_of_others(tmp_path, protocol):
    content = bench(edgegpu_energy=LATENCIES, eyeriss_latency=[2] * 15625, average=[])
    found = query(5, original=written(tmp_path, content, protocol))
    assert found["edgegpu_energy"] == 1.005
    assert found.cost("edgegpu_energy").basis == "measured"
    assert (found["eyeriss"], found.cost("eyeriss").basis) == (2.0, "estimated")
    assert "fpga_latency" in found


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ([_Calls()], "posix.system"),
        ({"a": np.float64(1)}, "numpy.*by .tolist"),
        ([np.ones(3)], "numpy.*by .tolist"),
        (os.path.join, "posixpath.join"),
        (collections.OrderedDict(a=1), "collections.OrderedDict"),
        ([b"bytes"], "bytes, expected containers"),
        ((1j,), "builtins.complex"),
    ],
)
def test_anything_but_plain_data_is_refused(tmp_path, monkeypatch, value, named):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DatasetError, match=named):
        load_plain_pickle(written(tmp_path, value))
    assert not (tmp_path / "called").exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"text", b"\x80\x04.", b"\x80\x05\x95\xff", b"Pid\n.", b"\x82\x01.", b"I1\nR."],
)
def test_what_is_no_pickle_is_told(tmp_path, content):
    file = tmp_path / "bench.pickle"
    file.write_bytes(content)
    with pytest.raises(DatasetError, match=r"bench\.pickle"):
        load_plain_pickle(file)
    with pytest.raises(DatasetError, match="cannot read"):
        load_plain_pickle(tmp_path / "none")


def test_a_few_bytes_cannot_take_all_memory_or_the_stack(tmp_path):
    file = tmp_path / "bench.pickle"
    file.write_bytes(b"]r\xff\xff\xff\x7f.")
    with pytest.raises(DatasetError, match="has 7 bytes and numbers an object 2147483647"):
        load_plain_pickle(file)
    file.write_bytes(b"(" + 100_000 * b"(" + 100_001 * b"l" + b".")
    with pytest.raises(DatasetError, match="got list of 1, with list"):
        load_original(file)


def test_containers_may_hold_themselves(tmp_path):
    value = [1, {"a": (2, None, True)}, {3}]
    value.append(value)
    assert load_plain_pickle(written(tmp_path, value))[:3] == value[:3]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([1, 2], "expected a dict with 'nasbench201', got list of 2"),
        ({"fbnet": 1}, "got one with fbnet"),
        ("text", "got str"),
        ({"nasbench201": {"cifar10": [1]}}, "expected a dict of lists for cifar10"),
        (bench(), "has no figures of edgegpu"),
        (bench(raspi4_latency=LATENCIES[1:]), "expected 15625 numbers, got list of 15624"),
        (bench(raspi4_latency=["1"] * 15625), "expected 15625 numbers"),
        (bench(raspi4_latency=[float("nan")] * 15625), "expected finite numbers"),
        (bench(raspi4_latency=[10**400] * 15625), "too large"),
    ],
)
def test_what_is_another_file_is_told(tmp_path, value, why):
    with pytest.raises(DatasetError, match=why):
        load_original(written(tmp_path, value))
