"""A multiplier: its table, the identity that follows from it, its error and its cost."""

import hashlib
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits import circuit_cost, mapped
from evoapproxnas.errors import MultiplierError
from evoapproxnas.html import beside, card, facts, heat_map, number
from evoapproxnas.multipliers.error_metrics import error_figures, error_map
from evoapproxnas.multipliers.reading import (
    ImportNotice,
    NetlistOptions,
    PythonMultiplier,
    read_multiplier,
)
from evoapproxnas.multipliers.reading_notes import doubts
from evoapproxnas.paths import as_path

CLOCK_MHZ = 1000.0
"""Multiplications per microsecond at which `power_uw` is stated: 391 uW is 0.391 pJ each."""


@dataclass(frozen=True, repr=False)
class Multiplier:
    """An 8x8-bit multiplier with 16-bit product.

    Build one with `from_table`, `from_function` or `from_file`.

    Two multipliers are equal if everything but the table is, and the digest stands for the table.

    Attributes:
        name: a label; the identity is `digest`.
        table: products, int32, shape (256, 256), read-only; row = activation code,
            column = weight code, both raw bit patterns (two's complement if `signed`).
        signed: whether operands and products are signed.
        digest: SHA-256 over signedness and table, in hexadecimal.
        mae_pct: mean absolute error, in percent of 2^16.
        wce_pct: worst-case error, in percent of 2^16.
        ep_pct: share of operand pairs with a wrong product, in percent.
        mse: mean squared error.
        mre_pct: mean relative error over nonzero exact products, in percent.
        power_uw: dynamic power at `CLOCK_MHZ`, if known.
        area_um2: cell area, if known.
        delay_ns: critical path, if known.
    """

    name: str
    table: npt.NDArray[np.int32] = field(compare=False)
    signed: bool
    digest: str
    mae_pct: float
    wce_pct: float
    ep_pct: float
    mse: float
    mre_pct: float
    power_uw: float | None = None
    area_um2: float | None = None
    delay_ns: float | None = None

    @property
    def energy_pj(self) -> float | None:
        """Energy of one multiplication, if the power is known."""
        return None if self.power_uw is None else self.power_uw / CLOCK_MHZ

    def __repr__(self) -> str:
        """Tell what is known, in a line."""
        kind = "signed" if self.signed else "unsigned"
        power = "power unknown" if self.power_uw is None else f"{self.power_uw:.4g} uW"
        return (
            f"<Multiplier {self.name}: {kind}, MAE {self.mae_pct:.4g} %, "
            f"WCE {self.wce_pct:.4g} %, {power}, digest {self.digest[:12]}>"
        )

    def _repr_html_(self) -> str:
        """Show figures, and where it errs, in a notebook."""
        figures = facts(
            [
                ("operands", "signed" if self.signed else "unsigned"),
                ("MAE (% of 2^16)", self.mae_pct),
                ("WCE (% of 2^16)", self.wce_pct),
                ("EP (%)", self.ep_pct),
                ("MSE", self.mse),
                ("MRE (%)", self.mre_pct),
                ("power (uW)", self.power_uw),
                ("energy (pJ)", self.energy_pj),
                ("area (um2)", self.area_um2),
                ("delay (ns)", self.delay_ns),
                ("digest", self.digest[:12]),
            ]
        )
        if self.wce_pct == 0:
            return card(f"Multiplier {self.name}", figures, note="it never errs")
        errors = error_map(self.table, signed=self.signed, blocks=32)
        told = f"mean |error| by operands: the bluer, the larger, up to {number(errors.max())}"
        ends = (-128, 127) if self.signed else (0, 255)
        picture = heat_map(errors, down="activation", across="weight", ends=ends, told=told)
        return card(f"Multiplier {self.name}", beside(figures, picture), note=told)

    @classmethod
    def from_table(
        cls,
        name: str,
        table: npt.ArrayLike,
        *,
        signed: bool = False,
        power_uw: float | None = None,
        area_um2: float | None = None,
        delay_ns: float | None = None,
    ) -> Self:
        """Build a multiplier from its products; digest and error figures are computed.

        Args:
            name: a label, not empty.
            table: integers, shape (256, 256), table[activation code, weight code].
            signed: whether codes are two's complement and products lie in -32768..32767
                instead of 0..65535.
            power_uw: dynamic power at `CLOCK_MHZ`.
            area_um2: cell area.
            delay_ns: critical path.

        Raises:
            MultiplierError: if name, shape, type, range or a cost is not usable.
        """
        if not isinstance(name, str) or not name:
            raise MultiplierError(f"a multiplier needs a name that is not empty, got {name!r}")
        if not isinstance(signed, bool | np.bool_):
            raise MultiplierError(f"signed of {name!r} must be True or False, got {signed!r}")
        costs = {"power_uw": power_uw, "area_um2": area_um2, "delay_ns": delay_ns}
        for key, cost in costs.items():
            if cost is not None and not (
                isinstance(cost, int | float | np.integer | np.floating) and 0 <= cost < np.inf
            ):
                raise MultiplierError(
                    f"{key} of {name!r} must be a number that is not negative, got {cost!r}"
                )
        products = _validated(name, table, signed=signed)
        figures = asdict(error_figures(products, signed=signed))
        identity = digest(products, signed=signed)
        return cls(
            name=name,
            table=products,
            signed=signed,
            digest=identity,
            power_uw=power_uw,
            area_um2=area_um2,
            delay_ns=delay_ns,
            **figures,
        )

    @classmethod
    def from_function(
        cls,
        name: str,
        function: PythonMultiplier,
        *,
        signed: bool = False,
        power_uw: float | None = None,
        area_um2: float | None = None,
        delay_ns: float | None = None,
    ) -> Self:
        """Build a multiplier from a Python function of an activation and a weight.

        Args:
            name: a label, not empty.
            function: called with every pair of operand values, 0..255 or -128..127, as integers;
                returns the product as a whole number.
            signed: see `from_table`.
            power_uw: see `from_table`.
            area_um2: see `from_table`.
            delay_ns: see `from_table`.

        Raises:
            MultiplierError: if it is no function, fails or returns no products.
        """
        if not callable(function):
            raise MultiplierError(
                f"from_function takes a name and a function of two operands, got {name!r:.60} and "
                f"{function!r:.60}"
            )
        read = read_multiplier(function, signed=signed, label=name)
        _warn(name, doubts(read.table, signed=signed))
        costs = {"power_uw": power_uw, "area_um2": area_um2, "delay_ns": delay_ns}
        return cls.from_table(name, read.table, signed=signed, **costs)

    @classmethod
    def from_file(
        cls,
        path: str | Path,
        *,
        name: str | None = None,
        signed: bool = False,
        swap: bool = False,
        power_uw: float | None = None,
        ports: str | None = None,
        top: str | None = None,
        others: Sequence[str | Path] = (),
    ) -> Self:
        """Build a multiplier from a table or a circuit; no library has it then.

        What was assumed on the way becomes Python warnings. Power, area and delay of a circuit
        are computed.

        Args:
            path: `.bin`, `.npy`, `.v`, `.sv` or `.blif`, see `multipliers.reading`.
            name: a label; by default that of the file.
            signed: whether codes and products are two's complement.
            swap: whether the first operand of the file is the weight.
            power_uw: of a table, if it is known from elsewhere.
            ports: of a netlist whose names do not tell, such as "a=x,b=y,product=hi:lo".
            top: module of a Verilog design.
            others: more files of the same Verilog design.

        Raises:
            MultiplierError: if the file is no 8x8 multiplier, or power is given for a circuit.
            NetlistError: if a netlist is not well formed.
            UnknownNameError: if the ending of the file is of no known format.
        """
        file = as_path(path, of="a table or circuit", error=MultiplierError)
        options = NetlistOptions(ports, top, others)
        read = read_multiplier(file, signed=signed, swap=swap, netlist=options)
        label = read.label if name is None else name
        _warn(label, read.notes)
        if read.netlist is None:
            return cls.from_table(label, read.table, signed=signed, power_uw=power_uw)
        if power_uw is not None:
            raise MultiplierError(
                f"the power of {label!r} is computed from its circuit; leave out power_uw"
            )
        cost = circuit_cost(mapped(read.netlist))
        return cls.from_table(
            label,
            read.table,
            signed=signed,
            power_uw=cost.power_uw,
            area_um2=cost.area_um2,
            delay_ns=cost.delay_ns,
        )


def _warn(label: str, notes: Iterable[str]) -> None:
    """Warn the caller of a class method of what was assumed, and of what looks wrong."""
    for note in notes:
        warnings.warn(f"{label}: {note}", ImportNotice, stacklevel=3)


def digest(table: npt.NDArray[np.int32], *, signed: bool) -> str:
    """Return the identity of a table: SHA-256 over "signed" or "unsigned" and its int32 bytes.

    Args:
        table: products, shape (256, 256).
        signed: whether codes are two's complement.
    """
    sha = hashlib.sha256(b"signed" if signed else b"unsigned")
    sha.update(np.ascontiguousarray(table, dtype="<i4").tobytes())
    return sha.hexdigest()


def _validated(name: str, table: npt.ArrayLike, *, signed: bool) -> npt.NDArray[np.int32]:
    """Return a read-only int32 copy of `table`, or raise MultiplierError."""
    try:
        array = np.asarray(table)
    except ValueError as error:
        raise MultiplierError(f"the table of {name!r} is not an array: {error}") from error
    if array.shape != (256, 256):
        raise MultiplierError(
            f"the table of {name!r} must have shape (256, 256), one row per activation code and "
            f"one column per weight code, got {array.shape}"
        )
    if array.dtype.kind not in "iu":
        raise MultiplierError(
            f"the table of {name!r} must hold integers, got {array.dtype}; "
            "round it and convert it with .astype(numpy.int32)"
        )
    low, high = (-(2**15), 2**15 - 1) if signed else (0, 2**16 - 1)
    smallest, largest = int(array.min()), int(array.max())
    if smallest < low or largest > high:
        kind, other = ("signed", "False") if signed else ("unsigned", "True")
        raise MultiplierError(
            f"{kind} products of {name!r} must lie in {low}..{high}, got {smallest}..{largest}; "
            f"should signed={other} be given?"
        )
    products = array.astype(np.int32)
    products.setflags(write=False)
    return products
