import csv
import os
from pathlib import Path

import numpy as np
import pytest

from evoapproxnas.circuits import OperandDistribution
from evoapproxnas.multipliers import Multiplier, error_figures, error_profile, exact_table

_TABLES = Path(os.environ.get("EVOAPPROXNAS_DATA", "")) / "evoapprox8u"
_FIGURES = _TABLES / "published_figures.csv"


@pytest.mark.parametrize("signed", [False, True])
def test_the_exact_product_has_no_error(signed: bool) -> None:
    figures = error_figures(exact_table(signed=signed), signed=signed)
    assert set(vars(figures).values()) == {0.0}


def test_exact_tables_hold_products_of_codes() -> None:
    assert exact_table(signed=False)[255, 2] == 510
    assert exact_table(signed=True)[255, 2] == -2
    assert exact_table(signed=True)[128, 128] == 16384


def test_the_constant_zero_has_the_published_figures() -> None:
    figures = error_figures(np.zeros((256, 256), np.int32), signed=False)
    assert figures.mae_pct == pytest.approx(24.81, abs=0.005)
    assert figures.wce_pct == pytest.approx(99.22, abs=0.005)
    assert figures.ep_pct == pytest.approx(99.22, abs=0.005)
    assert figures.mre_pct == pytest.approx(100)
    assert figures.mse == pytest.approx(471649810)


def test_one_wrong_product_by_hand() -> None:
    table = exact_table(signed=True)
    table[2, 254] = -2  # 2 * -2 = -4
    figures = error_figures(table, signed=True)
    assert figures.mae_pct == pytest.approx(100 * 2 / 65536**2)
    assert figures.wce_pct == pytest.approx(100 * 2 / 65536)
    assert figures.ep_pct == pytest.approx(100 / 65536)
    assert figures.mse == pytest.approx(4 / 65536)
    assert figures.mre_pct == pytest.approx(100 * 0.5 / (255 * 255))


@pytest.mark.skipif(
    not _FIGURES.is_file(), reason="EVOAPPROXNAS_DATA names no folder with evoapprox8u/"
)
def test_published_tables_have_the_published_figures() -> None:
    with _FIGURES.open(newline="") as file:
        published = {row["name"]: row for row in csv.DictReader(file)}
    paths = sorted(_TABLES.glob("*.bin"))
    assert len(paths) == 14
    for path in paths:
        table = np.fromfile(path, "<u2").reshape(256, 256).astype(np.int32)
        multiplier = Multiplier.from_table(path.stem, table)
        for key in ("mae_pct", "wce_pct", "ep_pct", "mse", "mre_pct"):
            text = published[path.stem][key]
            rounding = 0.51 * 10 ** -len(text.partition(".")[2])
            digits = 2e-3 * float(text) if key == "mse" else 0  # large ones: three digits
            tolerance = max(rounding, digits)
            value = getattr(multiplier, key)
            assert value == pytest.approx(float(text), abs=tolerance), (path.stem, key)


def test_the_profile_by_hand() -> None:
    table = exact_table(signed=False)
    table[0, 5], table[7, 0], table[2, 2] = 3, 3, 0
    profile = error_profile(table, signed=False)
    assert (profile.distinct_errors, profile.wrong_zeros, profile.commutative) == (2, 2, False)
    assert profile.bias == pytest.approx(2 / 65536)
    assert profile.variance == pytest.approx((9 + 9 + 16) / 65536 - profile.bias**2)
    exact = error_profile(exact_table(signed=True), signed=True)
    assert exact.commutative
    assert (exact.bias, exact.variance, exact.distinct_errors, exact.wrong_zeros) == (0, 0, 0, 0)


def test_figures_are_weighted_by_the_operands() -> None:
    table = exact_table(signed=False)
    table[2, 3] = 9  # instead of 6
    table[200, 200] = 0
    operands = OperandDistribution.from_codes([0, 2], [3, 3, 3, 1])
    figures = error_figures(table, signed=False, operands=operands)
    assert figures.mae_pct == pytest.approx(100 * 3 * 0.375 / 65536)
    assert figures.wce_pct == pytest.approx(100 * 3 / 65536)
    assert figures.ep_pct == pytest.approx(37.5)
    assert figures.mse == pytest.approx(9 * 0.375)
    assert figures.mre_pct == pytest.approx(100 * 0.5 * 0.75)
    assert error_profile(table, signed=False, operands=operands).bias == pytest.approx(3 * 0.375)


def test_operands_without_a_nonzero_product_have_no_relative_error() -> None:
    operands = OperandDistribution.from_codes([0], [0])
    assert error_figures(exact_table(signed=False), signed=False, operands=operands).mre_pct == 0
