"""Multipliers as Python functions of two operand values, given or named as "module:function"."""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers.error_metrics import operand_values
from evoapproxnas.multipliers.table_readings import TableReading, read_values

PythonMultiplier = Callable[[int, int], int]


def names_function(source: str | Path) -> bool:
    """Tell whether a source is of the form "module:function"."""
    return re.fullmatch(r"[\w.]+:\w+", str(source)) is not None


def load_function(source: str) -> PythonMultiplier:
    """Import a function by "module:function".

    Raises:
        MultiplierError: if there is none, or its module cannot be imported.
    """
    module, _, name = source.partition(":")
    try:
        function: Any = getattr(import_module(module), name)
    # Whatever a module of the user's raises, sys.exit included, is told as what it is.
    except (Exception, SystemExit) as error:
        raise MultiplierError(
            f"{source}: {type(error).__name__}: {error}; expected an importable MODULE:FUNCTION "
            "of two operands"
        ) from error
    if not callable(function):
        raise MultiplierError(f"{source} is no function: expected one of two operands")
    return function


def tabulate(name: str, function: PythonMultiplier, *, signed: bool) -> TableReading:
    """Call a function with every pair of operand values, activation first.

    Args:
        name: of the multiplier, for messages.
        function: of two operand values.
        signed: whether these are -128..127 instead of 0..255.

    Raises:
        MultiplierError: if it raises anything, or does not return whole numbers of 16 bits.
    """
    values = operand_values(signed=signed).tolist()
    try:
        table = np.array([[function(a, w) for w in values] for a in values])
    except Exception as error:
        raise MultiplierError(
            f"{name!r} is no multiplier of two integers: {type(error).__name__}: {error}"
        ) from error
    return read_values(name, table, signed=signed, any_order=False)
