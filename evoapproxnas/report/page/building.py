"""From runs and studies to HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evoapproxnas.report.page import tables
from evoapproxnas.report.page.packing import packed_json, packed_plotly
from evoapproxnas.report.page.run_view import show_run
from evoapproxnas.report.page.shown import Shown
from evoapproxnas.report.page.snapshot import Snapshot
from evoapproxnas.report.page.study import Study
from evoapproxnas.report.page.study_view import show_study
from evoapproxnas.report.page.telling import number, several
from evoapproxnas.report.style import color_of
from evoapproxnas.version import __version__

SCRIPTS = ("basics", "networks", "front", "chosen", "curves", "tables", "links", "figures")
"""In this order, whatever begins them last."""


@dataclass(frozen=True)
class Content:
    """What a page is about.

    Attributes:
        title: names of all that is shown.
        subtitle: what kind of thing that is.
        links: anchor and text of its parts.
        html: the parts, ready for a page.
        data: what scripts draw; None if nothing has a point.
    """

    title: str
    subtitle: str
    links: list[tuple[str, str]]
    html: str
    data: Mapping[str, Any] | None


def build_page(snapshots: Sequence[Snapshot]) -> str:
    """Return the page of runs as HTML.

    Args:
        snapshots: of the runs, at least one.

    Raises:
        EnvironmentBroken: if plotly is not installed.
    """
    content = build_content(snapshots)
    return environment().get_template("page.html").render(
        version=__version__,
        content=content,
        body=Markup(content.html),
        css=Markup(part("page.css")),
        data=packed_json(content.data) if content.data else "",
        plotly=packed_plotly() if content.data else "",
        script=Markup("\n".join(part(f"{name}.js") for name in (*SCRIPTS, "start"))),
    )  # fmt: skip


def build_content(subjects: Sequence[Snapshot | Study]) -> Content:
    """Return what a page shows of runs and studies beside each other.

    Args:
        subjects: at least one; labels differ.
    """
    shown = [_shown(subject, color_of(place)) for place, subject in enumerate(subjects)]
    drawable = any(each.drawable for each in shown)
    views = [_placed(place, each, len(shown)) for place, each in enumerate(shown)]
    html = environment().get_template("content.html").render(
        several=len(shown) > 1,
        compared=_compared(shown),
        drawable=drawable,
        runs=views,
        most=tables.MOST_ROWS,
    )  # fmt: skip
    return Content(
        title=", ".join(each.label for each in shown),
        subtitle=_subtitle(subjects),
        links=_links(views, drawable),
        html=html,
        data={"runs": [each.payload for each in shown]} if drawable else None,
    )


def _shown(subject: Snapshot | Study, color: str) -> Shown:
    if isinstance(subject, Study):
        return show_study(subject, color=color)
    return show_run(subject, color=color)


def _placed(place: int, shown: Shown, count: int) -> dict[str, Any]:
    return {**shown.view, "index": place, "suffix": f"-{place}" if count > 1 else ""}


def _compared(shown: Sequence[Shown]) -> dict[str, Any]:
    """Return a table with a column for each run."""
    rows: dict[str, list[float | str | None]] = {}
    alike = all(each.measure == shown[0].measure for each in shown)
    for place, each in enumerate(shown):
        tiles = list(each.tiles)
        if alike and each.hypervolume is not None:
            tiles.insert(0, (number(each.hypervolume), "hypervolume, of one reference for all"))
        for value, label in tiles:
            rows.setdefault(label, [None] * len(shown))[place] = value
    return {"names": [each.label for each in shown], "rows": list(rows.items())}


def _subtitle(subjects: Sequence[Snapshot | Study]) -> str:
    if len(subjects) > 1:
        studies = sum(isinstance(subject, Study) for subject in subjects)
        kinds = ((len(subjects) - studies, "run"), (studies, "study"))
        told = " and ".join(several(count, noun) for count, noun in kinds if count)
        return f"{told} of evoapproxnas compared"
    subject = subjects[0]
    if isinstance(subject, Study):
        return subject.told
    what = subject.config.data.dataset if subject.of_networks else subject.config.problem
    return f"a search over {what}, of evoapproxnas {__version__}"


def _links(views: Sequence[dict[str, Any]], drawable: bool) -> list[tuple[str, str]]:
    figures = [("front", "Front")] if drawable else []
    if len(views) > 1:
        runs = [(f"run-{view['index']}", str(view["name"])) for view in views]
        return [("compared", "Compared"), *figures, *runs]
    view = views[0]
    parts = [("members", "Members"), ("uses", "Multipliers"), ("finished", "Finished")]
    anchors = {"uses": "multipliers"}
    shown = [(anchors.get(key, key), label) for key, label in parts if view.get(key)]
    rest = [("failures", "Failures"), ("reproduce", "Reproduce")]
    of_runs = rest if view["template"] == "run.html" else []
    return [("summary", "Summary"), *figures, *shown, *of_runs]


@cache
def environment() -> Environment:
    """Return what renders templates: names reach a page as text only."""
    made = Environment(
        loader=PackageLoader("evoapproxnas.report.page", "parts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    made.filters["number"] = number
    made.filters["several"] = several
    return made


def part(name: str) -> str:
    """Return the text of a file in parts/."""
    return (resources.files("evoapproxnas.report.page") / "parts" / name).read_text("utf-8")
