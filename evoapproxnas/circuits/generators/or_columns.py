"""Multipliers whose low columns of partial products are added up without carries."""

from evoapproxnas.circuits.generators.ariths import exact_multiplier
from evoapproxnas.circuits.netlist import Netlist
from evoapproxnas.circuits.reduce import with_or_columns, without_partial_products
from evoapproxnas.errors import NetlistError


def or_columns_multiplier(columns: int, left_out: int = 0, *, signed: bool = False) -> Netlist:
    """Generate a multiplier whose low columns are added up with OR gates, the lowest left out.

    Args:
        columns: low columns that have no adders, 1 to 15; see `reduce.with_or_columns`.
        left_out: how many of them are 0 altogether.
        signed: two's complement.

    Raises:
        NetlistError: unless 0 <= left_out <= columns and 1 <= columns <= 15.
    """
    if not (1 <= columns <= 15 and 0 <= left_out <= columns):
        raise NetlistError(
            "columns must lie in 1..15 and left_out in 0..columns, got "
            f"columns={columns}, left_out={left_out}"
        )
    netlist = without_partial_products(exact_multiplier(signed=signed), columns=left_out)
    return with_or_columns(netlist, columns=columns)
