"""The text table of a network's operations."""

from collections.abc import Sequence

from evoapproxnas.networks.ops import Op, Value

_HEADER = ("node", "operation", "reads", "output", "details", "parameters", "MACs")


def operation_table(ops: Sequence[Op]) -> str:
    """Lay out one row per operation, figures to the right."""
    rows = [_HEADER, *_rows(ops)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def _rows(ops: Sequence[Op]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    last_node = 0
    for op in ops:
        rows.append(
            (
                op.node_kind if op.node != last_node else "",
                op.name,
                " + ".join(op.inputs),
                "x".join(map(str, op.shape)),
                _details(op),
                f"{op.parameters:,}" if op.parameters else "",
                f"{op.macs:,}" if op.macs else "",
            )
        )
        last_node = op.node
    return rows


def _details(op: Op) -> str:
    return ", ".join(filter(None, (_detail(name, value) for name, value in op.attributes)))


def _detail(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return name if value else ""
    if isinstance(value, tuple):
        return f"{name} {'x'.join(map(str, value))}"
    return value if isinstance(value, str) else f"{name} {value}"


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    text = [cell.ljust(width) for cell, width in zip(row[:5], widths[:5], strict=True)]
    numbers = [cell.rjust(width) for cell, width in zip(row[5:], widths[5:], strict=True)]
    return "  ".join([*text, *numbers]).rstrip()
