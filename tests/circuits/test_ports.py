"""Names of ports: what they tell, what they do not, and what a user says instead."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evoapproxnas.circuits.port_layout import PortLayout
from evoapproxnas.circuits.port_names import Port
from evoapproxnas.circuits.ports import MultiplierPorts, multiplier_ports
from evoapproxnas.errors import EvoApproxNASError, NetlistError

_O = [f"O[{bit}]" for bit in range(16)]


def _bits(*names: str) -> list[Port]:
    return [Port.of_bit(name, label=name) for name in names]


def _bus(name: str, width: int) -> Port:
    labels = tuple(f"{name}[{bit}]" for bit in range(width))
    return Port(name, labels, labels)


def _ports(
    inputs: list[Port], outputs: list[Port] | None = None, layout: str = ""
) -> MultiplierPorts:
    given = PortLayout.parse(layout) if layout else None
    return multiplier_ports(inputs, outputs or _bits(*_O), where="f", layout=given)


@pytest.mark.parametrize(
    "form",
    ["{}{}", "{}_{}", "{}_{}_", "{}<{}>", "{}[{}]", "{}({})", "in_{}.{}", "{}{}_i", "x2{}_{}"],
)
@pytest.mark.parametrize("letters", ["ab", "AB"])
def test_indices_in_names_decide(form: str, letters: str) -> None:
    ordered = [[form.format(port, bit) for bit in range(8)] for port in letters]
    shuffled = random.Random(form).sample([*ordered[0], *ordered[1]], 16)
    found = _ports(_bits(*shuffled), _bits(*random.Random(1).sample(_O, 16)))
    assert list(found.inputs) == [*ordered[0], *ordered[1]]
    assert list(found.outputs) == _O


def test_bits_may_be_counted_from_1() -> None:
    names = [f"{port}{bit}" for bit in range(8, 0, -1) for port in "xy"]
    found = _ports(_bits(*names))
    assert found.inputs == tuple(f"{port}{bit}" for port in "xy" for bit in range(1, 9))
    assert found.operands == ("x", "y")


@pytest.mark.parametrize(
    ("names", "operands"),
    [
        (("b", "a"), ("a", "b")),
        (("B", "A"), ("A", "B")),
        (("weight", "a"), ("a", "weight")),
        (("in_b", "in_a"), ("in_a", "in_b")),
        (("opB", "opA"), ("opA", "opB")),
        (("y", "x"), ("y", "x")),
        (("multiplier", "multiplicand"), ("multiplier", "multiplicand")),
        (("w", "act"), ("w", "act")),
    ],
)
def test_operand_a_is_called_a_or_else_declared_first(
    names: tuple[str, str], operands: tuple[str, str]
) -> None:
    found = _ports([_bus(name, 8) for name in names])
    assert found.operands == operands
    assert found.inputs == (*_bus(operands[0], 8).nets, *_bus(operands[1], 8).nets)


@pytest.mark.parametrize(
    ("high", "low"),
    [
        ("hi", "lo"),
        ("p_high", "p_low"),
        ("msb", "lsb"),
        ("p1", "p0"),
        ("OH", "OL"),
        ("P1_o", "P0_o"),
    ],
)
@pytest.mark.parametrize("high_first", [True, False])
def test_names_of_two_bytes_tell_which_is_high(high: str, low: str, high_first: bool) -> None:
    buses = [_bus(high, 8), _bus(low, 8)]
    found = _ports([_bus("a", 8), _bus("b", 8)], buses if high_first else buses[::-1])
    assert found.outputs == (*_bus(low, 8).nets, *_bus(high, 8).nets)


def test_operands_may_come_in_nibbles() -> None:
    names = ["b_lo", "a_hi", "a_lo", "b_hi"]
    found = _ports(
        [_bus(name, 4) for name in names], [_bus(f"p{part}", 4) for part in (2, 0, 3, 1)]
    )
    assert found.inputs == tuple(
        net for name in ("a_lo", "a_hi", "b_lo", "b_hi") for net in _bus(name, 4).nets
    )
    assert found.outputs == tuple(net for part in range(4) for net in _bus(f"p{part}", 4).nets)
    assert found.operands == ("a_hi:a_lo", "b_hi:b_lo")


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        ([_bus("x", 16)], None, r"names of the inputs x \(16\) do not tell .*--ports"),
        (_bits(*"abcdefghijklmnop"), None, "names of the inputs .* do not tell .*--ports"),
        (_bits(*[f"a{i}" for i in range(16)]), None, "do not tell .*a=a7..a0"),
        (_bits(*[f"{p}{i}" for p in "ab" for i in (0, 1, 2, 3, 4, 5, 6, 6)]), None, "do not tell"),
        (None, [_bus("q", 8), _bus("r", 8)], r"product=q:r or product=r:q"),
        (None, [_bus("p2", 8), _bus("p1", 8)], r"product=p2:p1 or product=p1:p2"),
        (None, [_bus("a", 4), _bus("b", 4), _bus("c", 8)], "do not tell which is the upper part"),
        (
            [_bus("a", 4), _bus("b", 4)],
            None,
            "expected .* got inputs a of 4 bits, b of 4 bits and",
        ),
        (None, [_bus("p", 15)], "and 15 output bits"),
        ([], None, "got inputs none and 16 output bits"),
    ],
)
def test_where_names_do_not_tell_the_circuit_is_refused(
    inputs: list[Port] | None, outputs: list[Port] | None, message: str
) -> None:
    with pytest.raises(NetlistError, match=f"^f: .*{message}"):
        _ports([_bus("a", 8), _bus("b", 8)] if inputs is None else inputs, outputs)


def test_a_user_says_what_is_what() -> None:
    first = [f"i{bit}" for bit in range(16)]
    ports = [_bus("q", 8), _bus("overflow", 1), _bus("r", 8)]
    found = _ports(_bits(*first), ports, "a=i15..i8, b=i0..i7, product=r:q")
    assert found.inputs == (*first[8:], *first[7::-1])
    assert found.outputs == (*ports[0].nets, *ports[2].nets)
    assert found.operands == ("i15..i8", "i0..i7")
    halves = _ports([_bus("x", 16)], None, "a=x[15]..x[8],b=x[7]..x[0]")
    assert halves.inputs == (*_bus("x", 16).nets[8:], *_bus("x", 16).nets[:8])
    joined = _ports([_bus("x", 4), _bus("y", 8), _bus("z", 4)], None, "a=x:z,b=y")
    assert joined.inputs[:8] == (*_bus("z", 4).nets, *_bus("x", 4).nets)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "are given as a=PORT,b=PORT.* got 'x'"),
        ("a=x,a=y", "got 'a=y'"),
        ("c=x", "got 'c=x'"),
        ("a=,b=y", "got 'a='"),
        ("a=a", "need both operands, a and b; got 'a=a'"),
        ("a=aa,b=b", "there is no port or bit 'aa'; did you mean 'a'"),
        ("a=a,b=a", "name a bit in both operands"),
        ("a=a[3]..a[0],b=b", "must name 8 bits, each once, got 4"),
        ("a=a:a,b=b", "must name 8 bits, each once, got 16"),
        ("a=a7..b0,b=b", "no port or bit 'a7..b0'"),
        ("a=a999999..a0,b=b", "no port or bit 'a999999'"),
    ],
)
def test_a_layout_that_does_not_fit_is_explained(text: str, message: str) -> None:
    with pytest.raises(NetlistError, match=message):
        _ports([_bus("a", 8), _bus("b", 8)], None, text)


_NAMES = st.lists(st.text("abAB01789_[]<>.:=\\ é", max_size=6), max_size=20)


@given(_NAMES, _NAMES, st.text("abp=:.,0179[]roduct ", max_size=20))
def test_any_names_are_ordered_or_refused(
    inputs: list[str], outputs: list[str], layout: str
) -> None:
    try:
        found = _ports(_bits(*inputs), _bits(*outputs), layout)
    except EvoApproxNASError:
        return
    assert (len(found.inputs), len(found.outputs)) == (16, 16)
