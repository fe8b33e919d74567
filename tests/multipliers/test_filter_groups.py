from typing import Any

import pytest

from evoapproxnas.emulation import ApproxConv2D
from evoapproxnas.errors import MultiplierError, QuantizationError, UnknownNameError
from evoapproxnas.multipliers import (
    FilterGroups,
    MultiplierChoice,
    channels_text,
    grouped,
    label_of,
    layer_choice,
    load_library,
    match_choices,
    named_groups,
)

A, B = "mul8u_or8_v6", "mul8u_exact"


def _choice(name: str) -> MultiplierChoice:
    return MultiplierChoice.of(name)


def test_text_of_several_multipliers_divides_channels_evenly() -> None:
    groups = layer_choice(f"{A}+{B}")
    assert isinstance(groups, FilterGroups)
    assert groups.channels is None
    assert groups.divided(6, layer="conv").channels == ((0, 1, 2), (3, 4, 5))
    assert [share for _, share in groups.portions] == [0.5, 0.5]


def test_a_choice_is_read_from_its_own_text() -> None:
    groups = layer_choice(f"{A}:0-2,7+{B}:3-6")
    assert isinstance(groups, FilterGroups)
    assert groups.channels == ((0, 1, 2, 7), (3, 4, 5, 6))
    assert layer_choice(groups.name) == groups
    assert groups.label == label_of(groups.name) == f"{A}+{B}"
    narrow = layer_choice(f"{A}@a6w4:1+{B}@a6w4:0,2")
    assert narrow.widths == (6, 4)
    assert layer_choice(narrow.name) == narrow


def test_one_multiplier_is_what_it_was() -> None:
    assert layer_choice(A) == MultiplierChoice.of(A)
    assert layer_choice([A]) == MultiplierChoice.of(A)
    assert layer_choice(load_library()[A]).portions == ((_choice(A), 1.0),)
    assert layer_choice([A, load_library()[B]]) == layer_choice(f"{A}+{B}")


def test_groups_of_the_same_multiplier_are_one() -> None:
    a, b = _choice(A), _choice(B)
    assert grouped([a, a], [(0, 3), (1, 2)]) == a
    merged = grouped([a, b, a], [(5,), (0, 1), (2, 3, 4)])
    assert merged == FilterGroups((a, b), ((2, 3, 4, 5), (0, 1)))
    divided = FilterGroups((a, b, a), ((5,), (0, 1), (2, 3, 4)))
    assert divided.key == merged.key != FilterGroups((a, b), ((2, 3), (0, 1, 4, 5))).key
    assert FilterGroups((a, a), ((0,), (1,))).key == a.key


def test_text_is_split_without_a_library() -> None:
    assert named_groups("mine:0-1+yours:2") == [("mine", (0, 1)), ("yours", (2,))]
    assert named_groups("mine@a6w4") == [("mine@a6w4", None)]
    assert channels_text((0, 1, 2, 5, 7, 8)) == "0-2,5,7-8"


@pytest.mark.parametrize("groups", [3, 5, 17])
def test_groups_that_do_not_divide_the_channels_say_what_is_possible(groups: int) -> None:
    several = FilterGroups((_choice(A),) * groups)
    with pytest.raises(QuantizationError, match=r"'conv' has 16 .*possible are 1, 2, 4, 8, 16"):
        several.divided(16, layer="conv")


def test_channels_of_another_layer_are_refused() -> None:
    with pytest.raises(QuantizationError, match="has 6 output channels"):
        layer_choice(f"{A}:0-3+{B}:4-7").divided(6, layer="conv")


@pytest.mark.parametrize(
    ("channels", "message"),
    [
        (5, "lists of whole numbers.*got 5"),
        ("ab", "lists of whole numbers"),
        ([[0], [1.5]], "lists of whole numbers"),
        ([[0, 1], []], "group 2 is empty"),
        ([[0, 1, 1], [1, 2]], "twice: \\[1\\]"),
    ],
)
def test_channels_that_are_none_are_refused(channels: Any, message: str) -> None:
    with pytest.raises(MultiplierError, match=message):
        FilterGroups((_choice(A), _choice(B)), channels)
    with pytest.raises(MultiplierError, match=message):
        ApproxConv2D(2, 3, multiplier=[A, B], channel_groups=channels)


def test_names_are_no_choices_of_groups() -> None:
    with pytest.raises(MultiplierError, match=r"FilterGroups\.of"):
        FilterGroups((A, B))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{A}+", "a multiplier for each group"),
        (f"{A}:0-3+{B}", "of all, as in"),
        (f"{A}:0-3+{B}:3-5", "twice: \\[3\\]"),
        (f"{A}:0-3+{B}:5-6", "missing: \\[4\\]"),
        (f"{A}:3-0+{B}:4", "channels such as"),
        (f"{A}:x+{B}:4", "channels such as"),
        (f"{A}:0-3", "several multipliers"),
        (f"{A}@a6w4+{B}", "same operand widths"),
        (f"{A}+exact8s", "all signed or all unsigned"),
    ],
)
def test_text_that_cannot_be_meant_is_refused(text: str, message: str) -> None:
    with pytest.raises(MultiplierError, match=message):
        layer_choice(text)


def test_unknown_names_are_told() -> None:
    with pytest.raises(UnknownNameError, match="mul8u_or8_v66"):
        layer_choice(f"{A}+mul8u_or8_v66")


def test_where_one_multiplier_is_expected_several_are_refused() -> None:
    with pytest.raises(MultiplierError, match="expected one multiplier, got several"):
        MultiplierChoice.of(f"{A}+{B}")
    with pytest.raises(MultiplierError, match="patterns of single multipliers, got"):
        match_choices([A, f"{A}+{B}"], load_library())
