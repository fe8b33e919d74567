"""A network on an accelerator as bars: energy by part, cycles and utilization, layer by layer."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evoapproxnas.hardware.accelerators import SystemCost
from evoapproxnas.report.style import GREY, NARROW, color_of, new_figure, plain, shown, wrapped
from evoapproxnas.report.system_table import system_rows

_PARTS = {
    "multiplier_nj": "multipliers",
    "accumulator_nj": "accumulators",
    "register_nj": "register files",
    "buffer_nj": "buffers",
    "dram_nj": "DRAM",
}


def draw_system(cost: SystemCost, *, title: str, width: float | None = None) -> Figure:
    """Draw energy with the multipliers of the network, and with exact ones beside them.

    Args:
        cost: of the network; `report.data.system_frame` has the figures.
        title: name of the network.
        width: of the figure, inches; None: as its layers need.
    """
    rows = system_rows(cost)
    width = width or max(6.4, 0.45 * len(rows) + 2)
    figure = new_figure(width, 7.2)
    energy, cycles, utilization = figure.subplots(
        3, 1, sharex=True, gridspec_kw={"height_ratios": [3, 1, 1]}
    )
    places = range(len(rows))
    _bars(energy, rows, first="multiplier_nj", shift=-0.2, labels=True)
    _bars(energy, rows, first="exact_multiplier_nj", shift=0.2, labels=False)
    energy.set_ylabel("nJ; right bars: exact 8-bit")
    columns = 2 if width < NARROW else len(_PARTS)
    figure.legend(loc="outside lower center", ncols=columns, fontsize=8, frameon=False)
    told = (
        f"{shown(title, 60)} on {cost.data.accelerator.name}: {cost.energy_nj / 1000:.4g} uJ, "
        f"of which multipliers {cost.multiplier_nj / 1000:.3g} uJ\n(exact 8-bit: "
        f"{cost.exact_energy_nj / 1000:.4g} uJ and {cost.exact_multiplier_nj / 1000:.3g} uJ, "
        f"{cost.multiplier_share:.1%})"
    )
    energy.set_title(wrapped(told, 0.9 * width), fontsize=9 if width < NARROW else 10)
    cycles.bar(places, [float(row["cycles"]) for row in rows], color=GREY)
    cycles.set_ylabel("cycles")
    utilization.bar(places, [float(row["utilization"]) for row in rows], color=GREY)
    utilization.set_ylabel("utilization")
    utilization.set_ylim(0, 1)
    size = min(9.0, 72 * 0.7 * width / max(len(rows), 1))
    utilization.set_xticks(
        list(places), [shown(row["layer"], 24) for row in rows], rotation=90, fontsize=size
    )
    for panel in (energy, cycles, utilization):
        plain(panel, axis="y")
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
            color=color_of(i),
            label=name if labels else None,
        )
        bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
