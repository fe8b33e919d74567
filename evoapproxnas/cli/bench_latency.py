"""`bench latency`: latency of new devices from few measurements, by HELP's protocol."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evoapproxnas.cli.options import AsJson, DataDir, Seed
from evoapproxnas.cli.output import print_rows, say

if TYPE_CHECKING:
    from evoapproxnas.bench.latency import LatencyScore


def latency(
    *,
    references: Annotated[
        int, typer.Option(min=1, help="Networks measured on a new device.")
    ] = 10,
    draws: Annotated[int, typer.Option(min=0, help="Draws of random references.")] = 20,
    device: Annotated[
        list[str] | None,
        typer.Option("--device", help="New device; may be repeated. [default: HELP's six]"),
    ] = None,
    distinct: Annotated[
        bool, typer.Option("--distinct", help="Score one network of each isomorphism class.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("-o", help="Figure to draw: PNG, SVG or PDF file.")
    ] = None,
    seed: Seed = 0,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Predict latency on new devices from few measurements, beside FLOPs and HELP.

    `table` knows ten measurements alone, `transfer` 900 on each of nine other devices as well;
    `limit` is a table of a device on which everything was measured.

    Example: python -m evoapproxnas bench latency --data-dir DIR -o latency.png
    """
    from evoapproxnas.bench.help_protocol import TEST_DEVICES
    from evoapproxnas.bench.latency import LatencyProtocol, bench_curve, bench_latency
    from evoapproxnas.hardware.hw_nas_bench import load_table

    protocol = LatencyProtocol(
        devices=tuple(dict.fromkeys(device or TEST_DEVICES)),
        references=references,
        draws=draws,
        distinct=distinct,
        seed=seed,
    )
    if output is not None:
        from evoapproxnas.report.figure_file import check_figure

        check_figure(output)
    bench = load_table(data_dir)
    scores = bench_latency(bench, protocol)
    published = _published(protocol.devices)
    if output is not None:
        _draw(scores, bench_curve(bench, protocol), published, output)
    if as_json:
        rows = [{**asdict(s), "error_pct": _known(s.error_pct)} for s in scores]
        print(json.dumps({"published": published, "scores": rows}, indent=2))
        return
    print_rows(_rows(scores, published), as_json=False, title="Rank correlation (Spearman)")
    say("\nof random references the median of each device; published values are of other networks")
    if output is not None:
        say(str(output))


def _published(devices: tuple[str, ...]) -> list[dict[str, Any]]:
    """What the paper says of these devices; nothing unless it says something of each."""
    from evoapproxnas.bench.help_protocol import PUBLISHED, TEST_DEVICES

    if not set(devices) <= set(TEST_DEVICES):
        return []
    return [
        {
            "method": f"{row.method}, published",
            "measured": row.measured,
            "spearman": {name: row.spearman[name] for name in devices},
        }
        for row in PUBLISHED
    ]


def _rows(
    scores: "list[LatencyScore]", published: list[dict[str, Any]]
) -> list[dict[str, object]]:
    """Return a line for each method, with a column for each device."""
    lines: dict[tuple[str, str, int], dict[str, float]] = {}
    for row in published:
        lines[row["method"], "", row["measured"]] = row["spearman"]
    for score in scores:
        key = (score.method, score.references, score.measured)
        lines.setdefault(key, {})[score.device] = score.spearman
    return [
        {
            "method": method,
            "references": references,
            "measured": measured,
            "mean": sum(values.values()) / len(values),
            **values,
        }
        for (method, references, measured), values in lines.items()
    ]


def _draw(
    scores: "list[LatencyScore]",
    curve: "list[LatencyScore]",
    published: list[dict[str, Any]],
    path: Path,
) -> None:
    import pandas as pd

    from evoapproxnas.report.latency_figure import save_latency_figure

    bars = {row["method"]: row["spearman"] for row in published if "BRP" not in row["method"]}
    for score in scores:
        if score.method == "flops" or score.references == "designed":
            bars.setdefault(score.method, {})[score.device] = score.spearman
    help_ = next((row["method"] for row in published if "HELP" in row["method"]), None)
    save_latency_figure(bars, pd.DataFrame([asdict(s) for s in curve]), path, published=help_)


def _known(value: float) -> float | None:
    return value if value == value else None
