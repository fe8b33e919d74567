"""A network on an accelerator as rows: multiplier energy beside all that it is a part of."""

from collections.abc import Mapping

from evoapproxnas.hardware.accelerators import LayerSystem, SystemCost

Row = dict[str, str | float]


def system_rows(cost: SystemCost) -> list[Row]:
    """Return a row for each layer; energies in nJ, with the exact multiplier beside its own."""
    return [_row(layer) for layer in cost.layers]


def _row(layer: LayerSystem) -> Row:
    memory = layer.memory_nj
    exact = layer.energy_nj - layer.multiplier_nj + layer.exact_nj
    return {
        "layer": layer.work.path,
        "multiplier": layer.multiplier.name,
        "multiplications": layer.work.multiplications,
        "system_nj": layer.energy_nj,
        "multiplier_nj": layer.multiplier_nj,
        "exact_multiplier_nj": layer.exact_nj,
        "multiplier_share": layer.exact_nj / exact,
        "accumulator_nj": layer.accumulator_nj,
        "register_nj": memory["register file"],
        "buffer_nj": memory["buffer"],
        "dram_nj": memory["dram"],
        "cycles": layer.cycles,
        "utilization": layer.cost.utilization,
    }


def system_totals(cost: SystemCost, *, memory: Mapping[str, float]) -> Row:
    """Return the figures of the whole network.

    Args:
        cost: of it.
        memory: figures in KB that follow from the network alone.
    """
    return {
        "accelerator": cost.data.accelerator.name,
        "system_energy_nj": cost.energy_nj,
        "exact_system_energy_nj": cost.exact_energy_nj,
        "multiplier_energy_nj": cost.multiplier_nj,
        "exact_multiplier_energy_nj": cost.exact_multiplier_nj,
        "multiplier_share": cost.multiplier_share,
        "clock_mhz": cost.clock_mhz,
        "latency_ms": cost.latency_ms,
        "edp": cost.edp,
        "area_mm2": cost.area_mm2,
        **memory,
    }
