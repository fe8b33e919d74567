"""`hardware analyse`: what FLOPs and other devices say of a device."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evoapproxnas.cli.options import AsJson, DataDir
from evoapproxnas.cli.output import print_rows, say

if TYPE_CHECKING:
    from evoapproxnas.hardware.devices import DeviceAnalysis


def analyse(
    *,
    dataset: Annotated[str, typer.Option(help="cifar10, cifar100 or ImageNet16-120.")] = "cifar10",
    output: Annotated[
        Path | None, typer.Option("-o", help="Figure to draw: PNG, SVG or PDF file.")
    ] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Compare the costs of all networks of NAS-Bench-201 with FLOPs and with each other.

    For each cost: rank correlations with FLOPs and parameters, the cost that agrees least with
    it, and what the front of test error and another cost lacks of its hypervolume.
    """
    from evoapproxnas.hardware.devices import analyse_devices
    from evoapproxnas.hardware.hw_nas_bench import load_table

    analysis = analyse_devices(load_table(data_dir), dataset)
    if output is not None:
        from evoapproxnas.report.devices_figure import save_devices_figure

        save_devices_figure(analysis, output)
    if as_json:
        print(json.dumps(_plain(analysis), indent=2))
        return
    print_rows(_rows(analysis), as_json=False, title=f"Costs of 15,625 networks, {dataset}")
    least, one, other = _least(analysis)
    say(f"\nleast agreement of two costs: {least:.3f}, {one} and {other}")
    say("lost_pct: hypervolume that fronts of other costs lack, mean and most, and whose front")
    if output is not None:
        say(str(output))


def _rows(analysis: "DeviceAnalysis") -> list[dict[str, Any]]:
    rows = []
    for i, figure in enumerate(analysis.figures):
        others = [j for j in range(len(analysis.costs)) if j != i]
        farthest = min(others, key=lambda j: analysis.spearman[i, j])
        worst = max(others, key=lambda j: analysis.lost[j, i])
        rows.append(
            {
                "cost": figure.cost,
                "flops_spearman": figure.flops_spearman,
                "flops_kendall": figure.flops_kendall,
                "params_spearman": figure.params_spearman,
                "params_kendall": figure.params_kendall,
                "least_spearman": float(analysis.spearman[i, farthest]),
                "least_with": analysis.costs[farthest],
                "front": analysis.front_sizes[i],
                "mean_lost_pct": 100 * float(analysis.lost[others, i].mean()),
                "most_lost_pct": 100 * float(analysis.lost[worst, i]),
                "front_of": analysis.costs[worst],
            }
        )
    return rows


def _least(analysis: "DeviceAnalysis") -> tuple[float, str, str]:
    costs = analysis.costs
    return min(
        (float(analysis.spearman[i, j]), costs[i], costs[j])
        for i in range(len(costs))
        for j in range(i)
    )


def _plain(analysis: "DeviceAnalysis") -> dict[str, Any]:
    return {
        "dataset": analysis.dataset,
        "costs": _rows(analysis),
        "spearman": analysis.spearman.tolist(),
        "lost": analysis.lost.tolist(),
    }
