"""Multipliers made from raw tables, so that these tests need no library."""

import numpy as np
import pytest

from evoapproxnas.multipliers import Multiplier, exact_table


@pytest.fixture(scope="session")
def exact() -> Multiplier:
    return Multiplier.from_table("exact-u", exact_table(signed=False))


@pytest.fixture(scope="session")
def exact_signed() -> Multiplier:
    return Multiplier.from_table("exact-s", exact_table(signed=True), signed=True)


@pytest.fixture(scope="session")
def coarse() -> Multiplier:
    """Not commutative, biased, and wrong where an operand is zero."""
    table = (exact_table(signed=False) & ~63) + 40 - np.arange(256)[:, None] // 8
    return Multiplier.from_table("coarse", np.clip(table, 0, 65535))


@pytest.fixture(scope="session")
def coarse_signed() -> Multiplier:
    table = (exact_table(signed=True) & ~31) + np.arange(256)[:, None] // 16
    return Multiplier.from_table("coarse-s", np.clip(table, -32768, 32767), signed=True)


@pytest.fixture(scope="session")
def truncated() -> Multiplier:
    """Far off: it drops the low bits of both operands."""
    codes = np.arange(256)
    return Multiplier.from_table("truncated", np.multiply.outer(codes & ~15, codes & ~31))
