"""A network on an accelerator as bars: energy by part, cycles and utilization, layer by layer."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evoapproxnas.hardware.accelerators import SystemCost
from evoapproxnas.report.system_table import system_rows

_PARTS = {
    "multiplier_nj": "multipliers",
    "accumulator_nj": "accumulators",
    "register_nj": "register files",
    "buffer_nj": "buffers",
    "dram_nj": "DRAM",
}


def draw_system(cost: SystemCost, *, title: str) -> Figure:
    """Draw energy with the multipliers of the network, and with exact ones beside them."""
    rows = system_rows(cost)
    figure = Figure(figsize=(max(6.4, 0.45 * len(rows) + 2), 7.2), layout="constrained")
    energy, cycles, utilization = figure.subplots(
        3, 1, sharex=True, gridspec_kw={"height_ratios": [3, 1, 1]}
    )
    places = range(len(rows))
    _bars(energy, rows, first="multiplier_nj", shift=-0.2, labels=True)
    _bars(energy, rows, first="exact_multiplier_nj", shift=0.2, labels=False)
    energy.set_ylabel("nJ; right bars: exact 8-bit")
    energy.legend(fontsize=8)
    energy.set_title(
        f"{title} on {cost.data.accelerator.name}: {cost.energy_nj / 1000:.4g} uJ, of which "
        f"multipliers {cost.multiplier_nj / 1000:.3g} uJ\n(exact 8-bit: "
        f"{cost.exact_energy_nj / 1000:.4g} uJ and {cost.exact_multiplier_nj / 1000:.3g} uJ, "
        f"{cost.multiplier_share:.1%})",
        fontsize=10,
    )
    cycles.bar(places, [float(row["cycles"]) for row in rows], color="tab:gray")
    cycles.set_ylabel("cycles")
    utilization.bar(places, [float(row["utilization"]) for row in rows], color="tab:gray")
    utilization.set_ylabel("utilization")
    utilization.set_ylim(0, 1)
    utilization.set_xticks(list(places), [str(row["layer"]) for row in rows], rotation=90)
    return figure


def _bars(
    axes: Axes,
    rows: list[dict[str, str | float]],
    *,
    first: str,
    shift: float,
    labels: bool,
) -> None:
    bottom = [0.0] * len(rows)
    for i, (part, name) in enumerate(_PARTS.items()):
        heights = [float(row[first if part == "multiplier_nj" else part]) for row in rows]
        axes.bar(
            [place + shift for place in range(len(rows))],
            heights,
            width=0.38,
            bottom=bottom,
            color=f"C{i}",
            label=name if labels else None,
        )
        bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
