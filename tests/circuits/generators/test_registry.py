import numpy as np
import pytest

from evoapproxnas.circuits import product_table
from evoapproxnas.circuits.generators import FAMILIES, drum_multiplier, family
from evoapproxnas.errors import NetlistError, UnknownNameError

_OPTIONS: dict[str, dict[str, object]] = {
    "exact": {},
    "narrow": {"activation_bits": 4, "weight_bits": "3"},
    "truncated": {"cut": 2},
    "broken_array": {"horizontal": 1, "vertical": 5},
    "broken_carry_save": {"horizontal": 1, "vertical": 5},
    "recursive": {"cell": "m2", "count": 3},
    "or_columns": {"columns": 8, "left_out": 4},
    "mitchell": {"fraction_bits": 3},
    "drum": {"segment": "4"},
}


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("signed", [False, True])
def test_every_family_generates_multipliers(name: str, signed: bool) -> None:
    chosen = family(name)
    netlist = chosen.generate(_OPTIONS[name], signed=signed)
    assert (netlist.inputs, len(netlist.outputs)) == (16, 16)
    assert chosen.summary.endswith(".")
    assert chosen.options.keys() >= _OPTIONS[name].keys()
    assert chosen.label(_OPTIONS[name], signed=signed).startswith(f"mul8{'us'[signed]}_")


def test_options_may_be_text() -> None:
    table = product_table(family("drum").generate({"segment": "4"}))
    assert np.array_equal(table, product_table(drum_multiplier(4)))
    assert family("drum").label({"segment": "4"}) == "mul8u_drum_k4"
    assert family("exact").label({}) == "mul8u_exact_three_greedy"


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("drun", {}, UnknownNameError, "did you mean 'drum'"),
        ("drum", {}, NetlistError, "drum needs segment: integer; give it as --option segment="),
        ("drum", {"segmnt": 4}, UnknownNameError, "unknown option of drum 'segmnt'"),
        ("drum", {"segment": "four"}, NetlistError, "segment: expected an integer, got 'four'"),
        ("or_columns", {"columns": 3, "left_out": 4}, NetlistError, "columns=3, left_out=4"),
        ("exact", {"architecture": "dada"}, UnknownNameError, "did you mean 'dadda'"),
        ("recursive", {"cell": "m5", "count": 1}, UnknownNameError, "unknown cell 'm5'"),
    ],
)
def test_what_cannot_be_generated_is_explained(
    name: str, options: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        family(name).generate(options)
