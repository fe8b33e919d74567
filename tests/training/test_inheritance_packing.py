"""Weights as bytes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.errors import StoreError
from evoapproxnas.files import pack_arrays
from evoapproxnas.training.inheritance import pack_weights, packing, unpack_weights
from tests.mutation import changed

RNG = np.random.default_rng(0)
WEIGHTS = {
    "n01_conv": (RNG.normal(size=(3, 3, 2, 4)).astype(np.float32),),
    "a/name of any kind": tuple(RNG.normal(size=(4, 4)).astype(np.float32)),
}
NOTES = {"passes": 4, "lineage": ["a", "b"]}


def test_weights_and_notes_come_back_bit_for_bit():
    data = pack_weights(WEIGHTS, notes=NOTES)
    weights, notes = unpack_weights(data, where="here")
    assert notes == NOTES
    assert list(weights) == list(WEIGHTS)
    for name, arrays in WEIGHTS.items():
        assert all(np.array_equal(a, b) for a, b in zip(weights[name], arrays, strict=True))
        assert all(a.dtype == np.float32 for a in weights[name])


def test_equal_weights_give_equal_bytes_in_whatever_precision_they_came():
    data = pack_weights(WEIGHTS, notes=NOTES)
    double = {name: tuple(a.astype(np.float64) for a in v) for name, v in WEIGHTS.items()}
    assert pack_weights(double, notes=dict(NOTES)) == data


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_damaged_bytes_are_told_with_what_to_do(data):
    content = changed(data, pack_weights(WEIGHTS, notes=NOTES))
    told = None
    try:
        weights, _ = unpack_weights(content, where="training 17")
    except StoreError as error:
        told = str(error)
    if told is None:
        assert list(weights) == list(WEIGHTS)
    else:
        assert "training 17" in told
        assert "train this network again" in told


HEAD = '{"format": 1, "layers": [{"name": "a", "variables": 1}], "notes": {}}'


@pytest.mark.parametrize(
    ("arrays", "told"),
    [
        ({}, "no list of layers"),
        ({"head": np.array("{}")}, "'format' is missing"),
        ({"head": np.array(HEAD.replace("1,", "2,", 1))}, "a newer version"),
        ({"head": np.array(HEAD)}, "expected 1 arrays"),
        ({"head": np.array(HEAD), "000000": np.zeros(3)}, "of float32"),
    ],
)
def test_what_is_no_weights_is_told(arrays, told):
    with pytest.raises(StoreError, match=f"there.*{told}"):
        unpack_weights(pack_arrays(arrays), where="there")


def test_what_is_too_large_is_refused_before_it_takes_memory(monkeypatch):
    monkeypatch.setattr(packing, "_LARGEST", 100)
    with pytest.raises(StoreError, match="at most 100"):
        unpack_weights(pack_weights(WEIGHTS, notes={}), where="there")
