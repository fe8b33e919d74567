import pytest

from evoapproxnas.bench.emulation import regrets, worst


def row(kernel, table, milliseconds, *, auto, weights="affine"):
    return {
        "shape": "conv",
        "weights": weights,
        "kernel": kernel,
        "table": table,
        "least_ms": milliseconds,
        "auto": auto,
    }


ROWS = [
    row("numba", "random", 4.0, auto="avx512"),
    row("avx512", "random", 3.0, auto="avx512"),
    row("vnni", "exact8", 1.5, auto="vnni"),
    row("vnni", "8 terms", 3.3, auto="vnni"),
    row("numba", "random", 2.0, auto="numba", weights="sign_magnitude"),
]


def test_a_choice_is_compared_with_every_kernel_that_takes_the_table():
    found = {(each["weights"], each["table"]): each for each in regrets(ROWS)}
    assert len(found) == 4
    assert found["affine", "random"]["regret"] == 1.0
    assert found["affine", "exact8"]["best"] == "vnni"
    terms = found["affine", "8 terms"]
    assert (terms["auto"], terms["best"]) == ("vnni", "avx512")
    assert terms["regret"] == pytest.approx(1.1)
    assert worst(found.values()) == terms


def test_a_choice_that_was_not_measured_says_nothing():
    assert list(regrets([row("numba", "random", 4.0, auto="avx512")])) == []
    assert worst([]) is None
