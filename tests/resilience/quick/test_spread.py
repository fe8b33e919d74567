"""A few multipliers that stand for a library."""

import subprocess
import sys

import numpy as np
import pytest

from evoapproxnas.circuits import load_operands
from evoapproxnas.errors import ConfigError, MultiplierError, UnknownNameError
from evoapproxnas.multipliers import Multiplier, exact_table
from evoapproxnas.multipliers.evolution.layer_error import layer_mse
from evoapproxnas.multipliers.library import bundled_folder
from evoapproxnas.quantization import Quantization
from evoapproxnas.resilience.quick import spread_choices

SOME = ("mul8u_exact", "mul8u_or*", "mul8u_evo_layer*")


def test_they_reach_from_exact_to_cheap_and_are_few():
    choices = spread_choices(SOME, circuits=6, bits=[6, "a6w4"])
    names = [choice.name for choice in choices]
    assert names[0] == "mul8u_exact"
    assert {"mul8u_exact_a6w6", "mul8u_exact_a6w4"} <= set(names)
    assert len(names) == 6 + 3
    powers = [choice.multiplier.power_uw for choice in choices]
    assert powers == sorted(powers, reverse=True)
    assert powers[-1] < 0.3 * powers[0]
    assert sum(name.startswith("mul8u_evo_layer") for name in names) >= 3


def test_what_another_one_beats_is_not_taken():
    found = spread_choices(("mul8u_or*", "mul8u_evo_layer*"), circuits=99)
    operands = load_operands(bundled_folder() / "operands" / "resnet8.npz", signed=False)
    powers = [c.multiplier.power_uw for c in found[1:]]
    errors = [layer_mse(c.multiplier.table, signed=False, operands=operands) for c in found[1:]]
    assert len(found) > 8
    assert powers == sorted(powers, reverse=True)
    assert errors == sorted(errors)


def test_more_circuits_contain_the_fewer():
    few, more = (spread_choices(SOME, circuits=n) for n in (3, 7))
    assert {c.key for c in few} < {c.key for c in more}


def test_exact_alone():
    (choice,) = spread_choices(("mul8u_or*",), circuits=0)
    assert choice.name == "mul8u_exact"
    (choice,) = spread_choices(("exact8",), circuits=5)
    assert choice.name == "mul8u_exact"


def test_the_quantization_decides_the_signedness():
    symmetric = Quantization(weight_scheme="symmetric")
    both = ("mul8u_or*", "mul8s_*")
    assert all(
        c.multiplier.signed for c in spread_choices(both, circuits=4, quantization=symmetric)
    )
    assert not any(c.multiplier.signed for c in spread_choices(both, circuits=4))
    signed = spread_choices(("mul8s_*",), circuits=4, bits=[5])
    assert [c.name for c in signed][0] == "mul8s_exact"
    assert "mul8s_exact_a5w5" in {c.name for c in signed}
    assert len(signed) == 6


def test_affine_weights_are_large_codes():
    affine = Quantization(weight_scheme="affine")
    assert len(spread_choices(SOME, circuits=5, quantization=affine)) == 6


def test_narrow_codes_make_a_circuit_worse():
    wide = spread_choices(("mul8u_or4_v0@a4w4", "mul8u_or5_v1"), circuits=1)
    assert "mul8u_or5_v1" in {c.name for c in wide}


def test_what_cannot_be():
    with pytest.raises(ConfigError, match="circuits must be an integer of at least 0, got -1"):
        spread_choices(SOME, circuits=-1)
    with pytest.raises(ConfigError, match="at least one multiplier"):
        spread_choices((), circuits=2)
    with pytest.raises(UnknownNameError):
        spread_choices(("mul8u_nothing*",), circuits=2)
    unpriced = Multiplier.from_table("unpriced", np.asarray(exact_table(signed=False)) // 2)
    with pytest.raises(MultiplierError, match="no power figure"):
        spread_choices((unpriced,), circuits=2)


def test_tensorflow_is_not_needed():
    code = (
        "import sys; from evoapproxnas.resilience.quick import spread_choices; "
        "spread_choices(('mul8u_or1*',), circuits=2); sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
