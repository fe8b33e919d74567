"""What `hardware measure` prints."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evoapproxnas.cli.output import print_rows, say

if TYPE_CHECKING:
    from evoapproxnas.hardware.latency import DeviceTable, Operation
    from evoapproxnas.hardware.latency.checking import CheckedNetwork

_OTHERS_SHOWN = 5


def report(
    table: "DeviceTable",
    wanted: "dict[Operation, int]",
    rows: "Sequence[CheckedNetwork]",
    output: Path,
    *,
    as_json: bool,
) -> None:
    """Print times by kind of operation, how much they cover, and how well they predict."""
    total = sum(wanted.values())
    known = sum(count for operation, count in wanted.items() if operation in table.measured)
    covered = known / total if total else 1.0
    if as_json:
        told = asdict(table.check) if table.check else None
        networks = [asdict(row) for row in rows]
        figures = {"operations": len(table.operations), "covered": covered, "file": str(output)}
        print(json.dumps({**figures, "check": told, "networks": networks}, indent=2))
        return
    print_rows(_kinds(table), as_json=False, title=f"{table.machine['processor']}, us")
    plain = sum(each.plain for each in table.operations)
    say(
        f"\n{len(table.operations)} operations of {table.space}, {covered:.1%} of all that its "
        f"networks execute; calling the runtime takes {1e3 * table.call_ms:.2f} us"
        + (f"; {plain} without the fast kernels, which refuse them" if plain else "")
    )
    if table.check is not None and rows:
        _report_check(table, rows)
    say(str(output))


def _kinds(table: "DeviceTable") -> list[dict[str, Any]]:
    from statistics import median

    kinds: dict[str, list[float]] = {}
    for each in table.operations:
        kinds.setdefault(each.operation.kind, []).append(1e3 * each.ms)
    return [
        {
            "operation": kind,
            "shapes": len(times),
            "least": min(times),
            "median": median(times),
            "most": max(times),
        }
        for kind, times in sorted(kinds.items())
    ]


def _report_check(table: "DeviceTable", rows: "Sequence[CheckedNetwork]") -> None:
    found = table.check
    if found is None:
        return
    say(
        f"{found.networks} networks: rank correlation of predicted and measured latency "
        f"{found.spearman:.3f} (of the fastest repetitions {found.fastest_spearman:.3f}), median "
        f"error {found.error_pct:.1f} %, {found.interpolated_pct:.1f} % of operations interpolated"
    )
    if found.refused:
        say(f"{found.refused} more networks cannot be run: {_first_refusal(rows)}")
    different = [text for row in rows for text in row.difference]
    if different:
        say(f"{found.others} networks have other operators than the table expects, such as:")
        for text in dict.fromkeys(different[:_OTHERS_SHOWN]):
            say(f"  {text}")


def _first_refusal(rows: "Sequence[CheckedNetwork]") -> str:
    return next(row.refused for row in rows if row.refused)[-200:]
