"""The catalog of a library: one CSV row per circuit with everything but its table."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field

from evoapproxnas.circuits import Netlist, circuit_cost, product_table
from evoapproxnas.errors import MultiplierError
from evoapproxnas.files import encode_row, read_rows, write_atomically
from evoapproxnas.multipliers.error_metrics import error_figures
from evoapproxnas.multipliers.factorize import factorize
from evoapproxnas.multipliers.multiplier import digest
from evoapproxnas.multipliers.names import check_name

_Percent = Annotated[float, Field(ge=0, le=100)]
_Figure = Annotated[float, Field(ge=0, allow_inf_nan=False)]
_Count = Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class CatalogEntry:
    """Identity, error and cost of one circuit, named and defined as in `Multiplier`.

    Gates are None for a multiplier that is known as a table only; so are power, area and delay
    unless they were given.

    Attributes:
        gates: number of cells.
        terms: ordinary multiplications that make up an approximate one, as `factorize` finds
            them; None in catalogs that were written without.
        origin: how the circuit came about.
        reference: name of the exact circuit of the same source, if one was given: its power is
            what that of this circuit is compared with. None is the bundled exact one.
        name: a label.
        signed: whether operands and products are.
        digest: identity of the table.
        mae_pct: mean absolute error, in percent of 2^16.
        wce_pct: worst-case error, in percent of 2^16.
        ep_pct: share of operand pairs with a wrong product, in percent.
        mse: mean squared error.
        mre_pct: mean relative error over nonzero exact products, in percent.
        power_uw: dynamic power, uW.
        area_um2: cell area, um2.
        delay_ns: critical path, ns.

    Raises:
        MultiplierError: if a name is none, see `names.check_name`.
    """

    name: str
    signed: bool
    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    mae_pct: _Percent
    wce_pct: _Percent
    ep_pct: _Percent
    mse: _Figure
    mre_pct: _Figure
    power_uw: _Figure | None
    area_um2: _Figure | None
    delay_ns: _Figure | None
    gates: _Count | None
    terms: _Count | None = field(default=None, kw_only=True)
    origin: str
    reference: str | None = None

    def __post_init__(self) -> None:
        """Check the names."""
        check_name(self.name)
        if self.reference is not None:
            check_name(self.reference)

    @property
    def flips_a_sign(self) -> bool:
        """Whether a product has the wrong sign, or lies beyond every exact one.

        Exact signed products lie within a quarter of 2^16 around 0, so that a larger error than
        that is always such a one: of (-128, -128) in many circuits, the only product of +16384.
        """
        return self.signed and self.wce_pct > 25

    @classmethod
    def measure(
        cls, name: str, netlist: Netlist, *, signed: bool, origin: str, factorized: bool = True
    ) -> Self:
        """Return the entry of a circuit, simulated exhaustively; figures have six digits.

        Args:
            name: a label.
            netlist: the circuit.
            signed: two's complement.
            origin: how the circuit came about.
            factorized: count the terms as well, which takes longer than all the rest.

        Raises:
            NetlistError: if the circuit is not a multiplier.
        """
        cost = circuit_cost(netlist)
        costs: dict[str, Any] = {
            key: _six(getattr(cost, key)) for key in ("power_uw", "area_um2", "delay_ns")
        }
        table = product_table(netlist, signed=signed)
        return cls(
            name=name,
            signed=signed,
            digest=digest(table, signed=signed),
            gates=cost.gates,
            terms=factorize(table).terms if factorized else None,
            origin=origin,
            **_rounded_figures(table, signed),
            **costs,
        )

    @classmethod
    def of_table(
        cls,
        name: str,
        table: npt.NDArray[np.int32],
        *,
        signed: bool,
        origin: str,
        power_uw: float | None = None,
        area_um2: float | None = None,
        delay_ns: float | None = None,
    ) -> Self:
        """Return the entry of a multiplier without a circuit; figures have six digits.

        Power, area and delay are taken as they are given: somebody else measured them.

        Args:
            name: of the multiplier.
            table: products, int32, shape (256, 256).
            signed: whether codes are two's complement.
            origin: how the table came about.
            power_uw: dynamic power, uW.
            area_um2: cell area, um2.
            delay_ns: critical path, ns.
        """
        return cls(
            name=name,
            signed=signed,
            digest=digest(table, signed=signed),
            power_uw=power_uw,
            area_um2=area_um2,
            delay_ns=delay_ns,
            gates=None,
            terms=factorize(table).terms,
            origin=origin,
            **_rounded_figures(table, signed),
        )


def _rounded_figures(table: npt.NDArray[np.int32], signed: bool) -> dict[str, Any]:
    figures = asdict(error_figures(table, signed=signed))
    return {key: _six(value) for key, value in figures.items()}


def _six(value: float) -> float:
    return float(f"{value:.6g}")


_COLUMNS = tuple(column.name for column in fields(CatalogEntry))


def write_catalog(path: Path, entries: Iterable[CatalogEntry]) -> None:
    """Write entries in the given order, in one step; columns of nothing are left out.

    Args:
        path: of the file.
        entries: a row each.

    Raises:
        StoreError: if the file cannot be written.
    """
    known = tuple(entries)
    columns = [
        column
        for column in _COLUMNS
        if column != "reference" or any(entry.reference is not None for entry in known)
    ]
    text = StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(encode_row(entry) for entry in known)
    write_atomically(path, text.getvalue())


def read_catalog(path: Path) -> tuple[CatalogEntry, ...]:
    """Read the entries of a catalog.

    Args:
        path: of the file.

    Raises:
        MultiplierError: naming file and line, if the file cannot be read, a column is missing,
            a name or a figure is impossible, or a name comes twice.
    """
    if not path.is_file():
        raise MultiplierError(
            f"cannot read the catalog {path}: there is no such file; expected a folder with "
            "catalog.csv and netlists/, such as the multipliers/ folder of this package"
        )
    entries: dict[str, CatalogEntry] = {}
    for entry in read_rows(CatalogEntry, path, error=MultiplierError):
        if entry.name in entries:
            raise MultiplierError(f"{path}: the name {entry.name!r} comes twice")
        entries[entry.name] = entry
    return tuple(entries.values())
