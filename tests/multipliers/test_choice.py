import numpy as np
import pytest

from evoapproxnas.errors import MultiplierError, UnknownNameError
from evoapproxnas.multipliers import (
    Multiplier,
    MultiplierChoice,
    exact_multiplier,
    load_library,
    match_choices,
    multiplier_name,
    own_widths,
    parse_widths,
)


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("mul8u_or8_v6", (8, 8)),
        ("mul8u_or8_v6@a6w4", (6, 4)),
        ("mul8u_exact_a6w4", (6, 4)),
        ("mul8u_exact_a6w4@a5w4", (5, 4)),
        ("mul8s_exact@a4w8", (4, 8)),
    ],
)
def test_text_says_multiplier_and_widths(text: str, widths: tuple[int, int]) -> None:
    choice = MultiplierChoice.of(text)
    assert (choice.widths, choice.name, str(choice)) == (widths, text, text)
    assert MultiplierChoice.of(choice.name) == choice
    assert hash(choice) == hash(MultiplierChoice.of(text))


def test_widths_are_given_where_the_choice_says_none() -> None:
    assert MultiplierChoice.of("mul8u_or8_v6", widths=(7, 5)).name == "mul8u_or8_v6@a7w5"
    assert MultiplierChoice.of("mul8u_exact_a6w4", widths=(7, 3)).widths == (6, 3)
    assert MultiplierChoice.of("mul8u_or8_v6@a6w4", widths=(2, 2)).widths == (6, 4)


def test_exact_multipliers_are_found_by_their_widths() -> None:
    library = load_library()
    assert exact_multiplier(signed=True) is library["exact8s"]
    assert MultiplierChoice.exact().multiplier is library["exact8"]
    narrow = MultiplierChoice.exact(signed=True, activation_bits=6, weight_bits=4)
    assert narrow.name == narrow.multiplier.name == "mul8s_exact_a6w4"


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("mul8u_exact_a6w4@a8w4", MultiplierError, "reads 6 bits"),
        ("mul8u_or8_v6@a9w4", MultiplierError, "activation_bits: expected 2 to 8"),
        ("mul8u_or8_v6@6", UnknownNameError, "unknown multiplier"),
        ("nothing@a6w4", UnknownNameError, "unknown multiplier 'nothing'"),
    ],
)
def test_other_text_is_refused(text: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        MultiplierChoice.of(text)


@pytest.mark.parametrize("given", ["exact8", 3, None])
def test_a_choice_is_made_of_a_multiplier(given: object) -> None:
    with pytest.raises(MultiplierError, match=r"MultiplierChoice.of\(NAME, widths=\(6, 4\)\)"):
        MultiplierChoice(given, 6, 4)  # type: ignore[arg-type]
    if not isinstance(given, str):
        with pytest.raises(MultiplierError, match="expected a multiplier, its name, or NAME@a6w4"):
            MultiplierChoice.of(given)  # type: ignore[arg-type]


def test_patterns_keep_their_widths() -> None:
    library = load_library()
    texts = match_choices(["mul8u_or6_*@a7w6", "exact8", "mul8u_exact_a6w4"], library)
    names = [multiplier_name(text) for text in texts]
    assert names[-2:] == ["mul8u_exact", "mul8u_exact_a6w4"]
    assert texts[:-2] == tuple(f"{name}@a7w6" for name in library.match("mul8u_or6_*"))
    with pytest.raises(UnknownNameError, match="no multiplier matches the pattern 'mul8q"):
        match_choices("mul8q*@a6w4", library)


def test_widths_have_short_forms() -> None:
    assert [parse_widths(t) for t in (6, "6", "a6w4", "6x4")] == [(6, 6), (6, 6), (6, 4), (6, 4)]
    for wrong in ("six", "9", "a6"[:1], ""):
        with pytest.raises(MultiplierError, match="expected"):
            parse_widths(wrong)


def test_a_table_of_ones_own_reads_eight_bits_however_it_is_called() -> None:
    table = np.multiply.outer(np.arange(256) & ~3, np.arange(256))
    mine = Multiplier.from_table("mul8u_exact_a6w4", table)
    assert own_widths(mine) == MultiplierChoice.of(mine).widths == (8, 8)
    assert own_widths(load_library()["mul8u_exact_a6w4"]) == (6, 4)
