import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.errors import ConfigError, NetworkRejected, UnknownNameError
from evoapproxnas.networks import KINDS, adopt, design_of, read_design, write_design
from evoapproxnas.networks.zoo import ZOO
from tests.networks.designs import make_space

SPACE = make_space((16, 16, 3), nodes=tuple(KINDS))
OTHER = make_space((16, 16, 3), rows=2, columns=40, nodes=tuple(reversed(KINDS)))


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32))
def test_a_design_travels_to_another_space(tmp_path_factory, seed):
    rng = np.random.default_rng(seed)
    genotype = SPACE.random(rng)
    file = tmp_path_factory.mktemp("designs") / "design.json"
    write_design(file, design_of(SPACE, genotype))
    again = adopt(OTHER, read_design(file), rng)
    assert OTHER.decode(again) == SPACE.decode(genotype)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"nodes": ("conv2d", "batch_norm")}, UnknownNameError, "node kind .*'activation'"),
        ({"channels": (16, 32)}, ConfigError, r"basic_residual.channels: .*got 64"),
        ({"conv_activations": ("relu",)}, ConfigError, r"conv2d.activation: .*got 'linear'"),
        ({"columns": 5}, ConfigError, "node 5: no free place within 5 columns"),
        ({"max_macs": 1000}, NetworkRejected, "above space.max_macs 1000"),
        ({"max_depth": 5}, NetworkRejected, "depth 6 is above space.max_depth 5"),
    ],
)
def test_what_a_space_lacks_is_said(options, error, words):
    roomy = {"rows": 1, "channels": (16, 32, 64), "conv_activations": ("linear", "relu")}
    space = make_space((16, 16, 3), **roomy | options)
    with pytest.raises(error, match=words):
        adopt(space, ZOO["resnet8"], np.random.default_rng(0))


def test_a_genotype_of_another_space_has_no_design_here():
    with pytest.raises(ConfigError, match="expected the grid of this search space"):
        design_of(SPACE, OTHER.random(np.random.default_rng(0)))


def node(**changes):
    return {"kind": "conv2d", "inputs": [-1], "values": {"kernel": 3}} | changes


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "not valid JSON"),
        ("[]", "input should be an object"),
        (json.dumps({"format": 2, "nodes": [node()]}), "format 1, got 1 in format 2"),
        (json.dumps({"format": 1, "nodes": []}), "got 0 in format 1"),
        (json.dumps({"format": 1, "nodes": [node(inputs="x")]}), "inputs"),
        (json.dumps({"format": 1, "nodes": [node(values={"kernel": None})]}), "kernel"),
        (json.dumps({"format": 1}), "'nodes' is missing"),
    ],
)
def test_a_file_that_holds_no_design_is_refused(tmp_path, content, words):
    file = tmp_path / "design.json"
    file.write_text(content)
    with pytest.raises(ConfigError, match=words) as error:
        read_design(file)
    assert str(file) in str(error.value)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="nowhere.json"):
        read_design(tmp_path / "nowhere.json")
