"""Where a multiplier errs, and what an accelerator spends, as tables."""

import numpy as np
import pandas as pd

from evoapproxnas.hardware.accelerators import SystemCost
from evoapproxnas.multipliers import Multiplier, error_map, operand_values
from evoapproxnas.report.system_table import system_rows


def error_map_frame(multiplier: Multiplier, *, blocks: int = 64) -> pd.DataFrame:
    """Return the mean absolute error by blocks of operands.

    Args:
        multiplier: what to look at.
        blocks: per side, a divisor of 256.

    Returns:
        One row for each block: `activation`, `weight` (lowest operand values in it) and
        `mean_abs_error`, in units of the product.

    Raises:
        MultiplierError: if `blocks` does not divide 256.
    """
    errors = error_map(multiplier.table, signed=multiplier.signed, blocks=blocks)
    values = np.sort(operand_values(signed=multiplier.signed))[:: 256 // blocks]
    return pd.DataFrame(
        {
            "activation": np.repeat(values, blocks),
            "weight": np.tile(values, blocks),
            "mean_abs_error": errors.reshape(-1),
        }
    )


def system_frame(cost: SystemCost) -> pd.DataFrame:
    """Return what each layer of a network costs on an accelerator.

    Args:
        cost: of `hardware.accelerators.system_cost`.

    Returns:
        One row for each layer: `layer`, `multiplier`, `multiplications`; energies in nJ for one
        image: `system_nj` of all, `multiplier_nj`, `exact_multiplier_nj` (the same with exact
        8-bit), `accumulator_nj`, `register_nj`, `buffer_nj`, `dram_nj`; `multiplier_share` of
        the exact multiplier in the energy of the layer, `cycles`, `utilization` of the
        processing elements, 0..1.
    """
    return pd.DataFrame(system_rows(cost))
