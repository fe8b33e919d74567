"""Cards, and the text that stands on them."""

from collections.abc import Iterable, Sequence

from evoapproxnas.html.words import escaped, number

_BLUE = "#2f78b7"
"""Contrast with black 4.5, with white 4.7."""
SHADES = 10
"""Classes of colour, from next to nothing, `e0`, to all of it, `e9`."""

_STYLE = (
    "& *{box-sizing:border-box}& h4{font-size:15px;margin:0 0 2px;overflow-wrap:anywhere}"
    "& .dim{opacity:.7}& p{margin:2px 0 8px}"
    "& .beside{display:flex;flex-wrap:wrap;gap:8px 24px;align-items:flex-start}"
    "& .beside>div{min-width:0;max-width:100%}& .scrolled{max-height:440px;overflow:auto}"
    "& table{border-collapse:collapse;margin:4px 0;font-size:12.5px;color:inherit}"
    "& th,& td{text-align:left;vertical-align:top;padding:3px 10px 3px 0;border:0;"
    "border-bottom:1px solid rgba(127,127,127,.35)}"
    "& td:first-child{white-space:nowrap}"
    "& .number{text-align:right;font-variant-numeric:tabular-nums}"
    "& svg{display:block;max-width:100%;height:auto;color:inherit}"
    "& svg text{fill:currentColor;font:11px system-ui,sans-serif}"
    "& .axis,& .box{fill:none;stroke:currentColor;stroke-opacity:.45}"
    "& .edge{fill:none;stroke:currentColor;stroke-opacity:.6;stroke-width:1.3}"
    "& .band{fill:currentColor;fill-opacity:.07}& .other{fill:currentColor;fill-opacity:.35}"
    f"& .dot{{fill:{_BLUE}}}& .e-{{fill:currentColor;fill-opacity:.2}}"
    + "".join(
        f"& .e{i}{{fill:{_BLUE};fill-opacity:{0.08 + 0.9 * i / (SHADES - 1):.2f}}}"
        for i in range(SHADES)
    )
).replace("&", ".evoapproxnas")
"""Scoped to cards; a network's drawing has the same classes on a page of a report."""


def card(title: object, *parts: str, note: object = "") -> str:
    """Return a card.

    Args:
        title: what it is about, as text.
        parts: HTML, such as the other functions here return.
        note: what is said below the title, as text.
    """
    below = f'<p class="dim">{escaped(note)}</p>' if note else ""
    return (
        f'<div class="evoapproxnas" style="font:13px/1.45 system-ui,sans-serif">'
        f"<style>{_STYLE}</style><h4>{escaped(title)}</h4>{below}{''.join(parts)}</div>"
    )


def beside(*parts: str) -> str:
    """Put pieces of HTML side by side where there is room, else one below the other.

    Args:
        parts: the pieces.

    Returns:
        HTML.
    """
    return f'<div class="beside">{"".join(f"<div>{part}</div>" for part in parts if part)}</div>'


def scrolled(part: str) -> str:
    """Let a long piece of HTML be scrolled.

    Args:
        part: the piece.

    Returns:
        HTML.
    """
    return f'<div class="scrolled">{part}</div>'


def facts(pairs: Iterable[tuple[object, object]]) -> str:
    """List what is known.

    Args:
        pairs: name and value, as text or number; one whose value is None is left out.
    """
    rows = (
        f'<tr><th scope="row">{escaped(name)}</th><td>{_told(value)}</td></tr>'
        for name, value in pairs
        if value is not None
    )
    return f"<table>{''.join(rows)}</table>"


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay rows out, numbers to the right.

    Args:
        header: names of the columns.
        rows: a value for each column: text, number, or None where there is none.
    """
    lines = [tuple(row) for row in rows]
    right = [any(isinstance(row[at], int | float) for row in lines) for at in range(len(header))]
    head = "".join(_cell("th", name, far) for name, far in zip(header, right, strict=True))
    body = "".join(
        "<tr>" + "".join(_cell("td", v, far) for v, far in zip(row, right, strict=True)) + "</tr>"
        for row in lines
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(tag: str, value: object, to_the_right: bool) -> str:
    mark = ' class="number"' if to_the_right else ""
    return f"<{tag}{mark}>{_told(value)}</{tag}>"


def _told(value: object) -> str:
    return escaped(
        number(value if value is None or isinstance(value, int | float) else str(value))
    )
