"""`hardware analyse`: what FLOPs and other devices say of a device."""

import json
from dataclasses import asdict
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

    Example: python -m evoapproxnas hardware analyse --data-dir DIR -o devices.png
    """
    from evoapproxnas.hardware.devices import analyse_devices
    from evoapproxnas.hardware.hw_nas_bench import load_table

    if output is not None:
        from evoapproxnas.report.figure_file import check_figure

        check_figure(output)
    analysis = analyse_devices(load_table(data_dir), dataset)
    if output is not None:
        from evoapproxnas.report.devices_figure import save_devices_figure

        save_devices_figure(analysis, output)
    if as_json:
        print(json.dumps(_plain(analysis), indent=2))
        return
    rows = _rows(analysis)
    print_rows(rows, as_json=False, title=f"Costs of 15,625 networks, {dataset}")
    if len(rows) > 1:
        least = min(rows, key=lambda row: row["least_spearman"])
        say(
            f"\nleast agreement of two costs: {least['least_spearman']:.3f}, {least['cost']} and "
            f"{least['least_with']}"
        )
        say(
            "lost_pct: hypervolume that fronts of other costs lack, mean and most, and whose front"
        )
    if output is not None:
        say(str(output))


def _rows(analysis: "DeviceAnalysis") -> list[dict[str, Any]]:
    return [
        {
            **asdict(figure),
            "front": analysis.front_sizes[place],
            **_against_others(analysis, place),
        }
        for place, figure in enumerate(analysis.figures)
    ]


def _against_others(analysis: "DeviceAnalysis", place: int) -> dict[str, Any]:
    """Say which other cost agrees least, and whose front lacks most; nothing of a single cost."""
    others = [other for other in range(len(analysis.costs)) if other != place]
    if not others:
        return {}
    farthest = min(others, key=lambda other: analysis.spearman[place, other])
    worst = max(others, key=lambda other: analysis.lost[other, place])
    return {
        "least_spearman": float(analysis.spearman[place, farthest]),
        "least_with": analysis.costs[farthest],
        "mean_lost_pct": 100 * float(analysis.lost[others, place].mean()),
        "most_lost_pct": 100 * float(analysis.lost[worst, place]),
        "front_of": analysis.costs[worst],
    }


def _plain(analysis: "DeviceAnalysis") -> dict[str, Any]:
    return {
        "dataset": analysis.dataset,
        "costs": _rows(analysis),
        "spearman": analysis.spearman.tolist(),
        "lost": analysis.lost.tolist(),
    }
