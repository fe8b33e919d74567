"""What is answered to which request; all of them only read.

/          the list, and what is chosen of it, as HTML that needs no script to be read
/state     the list, and a revision of everything in it
/view      what is chosen, as HTML and as data for the figures
/page.js, /page.css, /plotly.js
"""

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from jinja2 import ChoiceLoader, Environment, PackageLoader
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from evoapproxnas.dashboard.guard import Guard
from evoapproxnas.dashboard.listing import Listed
from evoapproxnas.dashboard.shelf import Shelf, View
from evoapproxnas.errors import command
from evoapproxnas.files import as_text
from evoapproxnas.report.page.building import SCRIPTS, environment, part
from evoapproxnas.report.page.packing import plotly_script
from evoapproxnas.version import __version__

_HTML, _JSON = "text/html; charset=utf-8", "application/json"
_CSS, _JS = "text/css; charset=utf-8", "text/javascript; charset=utf-8"


def make_app(shelf: Shelf, names: Collection[str]) -> Guard:
    """Make the application.

    Args:
        shelf: what it shows.
        names: of this machine; see `guard.own_names`.

    Raises:
        EnvironmentBroken: if plotly is not installed.
    """
    pages = _Pages(shelf)
    script = "\n".join(
        [*(part(f"{name}.js") for name in SCRIPTS), _own("keep.js"), _own("live.js")]
    )
    files = {
        "/page.css": (f"{part('page.css')}\n{_own('live.css')}".encode(), _CSS),
        "/page.js": (script.encode(), _JS),
        "/plotly.js": (plotly_script(), _JS),
    }
    routes = [
        Route("/", pages.page),
        Route("/state", pages.state),
        Route("/view", pages.view),
        *(Route(path, _always(*content)) for path, content in files.items()),
    ]
    return Guard(Starlette(routes=routes), names)


class _Pages:
    """Answers that depend on what there is; Starlette calls them in threads."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def page(self, request: Request) -> Response:
        rows = self._shelf.rows()
        keys = _chosen(request) or [row.key for row in rows if not row.trouble][:1]
        view = self._shelf.view(keys)
        html = _templates().get_template("live.html").render(
            version=__version__,
            list=_list(rows, keys),
            keys=keys,
            title=view.content.title if view.content else "Runs",
            body=Markup(_body(view, self._shelf)),
            roots=[str(root) for root in self._shelf.places.roots],
        )  # fmt: skip
        return _answered(request, as_text(html).encode(), _HTML)

    def state(self, request: Request) -> Response:
        rows, keys = self._shelf.rows(), _chosen(request)
        revisions = [(row.key, row.revision) for row in rows]
        tag = _tag(repr((revisions, keys)).encode())  # Most answers are that nothing changed.
        if request.headers.get("if-none-match") == tag:
            return _unchanged(tag)
        told = {"html": _list(rows, keys), "revisions": dict(revisions)}
        return Response(_json(told), media_type=_JSON, headers=_cached(tag))

    def view(self, request: Request) -> Response:
        view = self._shelf.view(_chosen(request))
        told = {
            "title": view.content.title if view.content else "Runs",
            "html": _body(view, self._shelf),
            "data": view.content.data if view.content else None,
            "revisions": view.revisions,
        }
        return _answered(request, _json(told), _JSON)


def _chosen(request: Request) -> list[str]:
    return list(dict.fromkeys(request.query_params.getlist("show")))


def _list(rows: Sequence[Listed], keys: Sequence[str]) -> Markup:
    kinds = (("runs", "run"), ("studies", "study"))
    groups = [(name, [row for row in rows if row.kind == kind]) for name, kind in kinds]
    html = _templates().get_template("list.html").render(
        groups=[(name, of_kind) for name, of_kind in groups if of_kind],
        keys=set(keys),
        link=lambda key: "?" + urlencode({"show": key}),
    )  # fmt: skip
    return Markup(html)


def _body(view: View, shelf: Shelf) -> str:
    """Return what is chosen, and what is wrong with it."""
    return _templates().get_template("body.html").render(
        content=view.content,
        html=Markup(view.content.html if view.content else ""),
        trouble=view.trouble,
        nothing=not view.revisions and not view.trouble,
        unchosen=not view.revisions and not view.trouble and view.there > 0,
        roots=[str(root) for root in shelf.places.roots],
        begin=command("run", "NAME", runs_dir=shelf.places.roots[0]),
    )  # fmt: skip


def _json(value: object) -> bytes:
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()


def _answered(request: Request, content: bytes, kind: str) -> Response:
    """Answer with a content, or that it is what the browser has already."""
    tag = _tag(content)
    if request.headers.get("if-none-match") == tag:
        return _unchanged(tag)
    return Response(content, media_type=kind, headers=_cached(tag))


def _tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _cached(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": "no-cache"}


def _unchanged(tag: str) -> Response:
    return Response(status_code=304, headers=_cached(tag))


def _always(content: bytes, kind: str) -> Callable[[Request], Response]:
    return lambda request: _answered(request, content, kind)


@cache
def _templates() -> Environment:
    """Return what renders the templates of this package and those of the report."""
    own = PackageLoader("evoapproxnas.dashboard", "parts")
    of_report: Any = environment()
    return of_report.overlay(loader=ChoiceLoader([own, of_report.loader]))


def _own(name: str) -> str:
    return (resources.files("evoapproxnas.dashboard") / "parts" / name).read_text("utf-8")
