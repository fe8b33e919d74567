"""What a page shows of a study."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from evoapproxnas.multipliers import label_of, named_groups
from evoapproxnas.report.data import axis_of
from evoapproxnas.report.page import tables
from evoapproxnas.report.page.figures import EVALUATION, Column
from evoapproxnas.report.page.payload import told_multiplier
from evoapproxnas.report.page.prices import Price, prices
from evoapproxnas.report.page.shown import Shown, Tile, best_of
from evoapproxnas.report.page.study import Row, Study
from evoapproxnas.report.page.telling import number, percent, rounded, several

_OBJECTIVES = {"accuracy": "max", "test_accuracy": "max", "energy_nj": "min"}
_OPTIONS = (
    *("method", "weight_scheme", "error_correction", "tune_weights", "operands", "split"),
    *("images", "include_dense", "groups", "seed"),
)


def show_study(study: Study, *, color: str) -> Shown:
    """Return what a page shows of a study.

    Args:
        study: what was measured.
        color: of its marks.
    """
    own = _columns(study)
    used = dict.fromkeys(name for row in study.rows for name in row.assignment.values())
    known = prices(used, None)
    tiles = _tiles(study, own)
    return Shown(
        label=study.label,
        view=_view(study, own, tiles),
        payload=_payload(study, own, known, color),
        tiles=tiles,
        measure=(study.accuracy, "energy_nj"),
    )


def _columns(study: Study) -> list[Column]:
    first = [study.accuracy, "energy_nj"]
    rest = sorted({name for row in study.rows for name in row.figures} - {*first})
    found = []
    for name in (*first, *rest):
        axis = axis_of(name)
        values = [row.figures.get(name) for row in study.rows]
        scaled = (None if v is None else rounded(axis.scale * v) for v in values)
        direction = _OBJECTIVES[name] if name in first else ""
        found.append(Column(name, axis.label, direction, tuple(scaled)))
    order = tuple(float(place) for place, _ in enumerate(study.rows, start=1))
    return [*found, Column(EVALUATION, "order of birth", "", order)]


def _view(study: Study, own: list[Column], tiles: tuple[Tile, ...]) -> dict[str, Any]:
    shown = [column for column in own if column.key != EVALUATION]
    places = [place for place, row in enumerate(study.rows) if row.front]
    places.sort(key=lambda place: study.rows[place].figures["energy_nj"], reverse=True)
    return {
        "template": "study.html",
        "name": study.label,
        "state": study.state,
        "strips": study.kind == "assign",
        "tiles": tiles,
        "summary": _summary(study),
        "member_columns": shown,
        "members": [
            tables.Member(study.rows[i].id, i, tuple(column.values[i] for column in shown))
            for i in places
        ],
        "uses": _uses([study.rows[i] for i in places]),
        "finished": _retrained(study),
    }


def _tiles(study: Study, own: list[Column]) -> tuple[Tile, ...]:
    front = [row.front for row in study.rows]
    baselines = {"float": "float", "exact": "exact 8-bit"}
    told = [
        (percent(row.figures.get(study.accuracy)), f"accuracy, {word}")
        for kind, word in baselines.items()
        for row in study.rows
        if row.told.startswith(f"{kind},")
    ]
    return (
        *best_of(own, front),
        *dict((label, (value, label)) for value, label in reversed(told)).values(),
        (number(sum(front)), "members of the front"),
        (number(len(study.rows)), "measured"),
    )


def _summary(study: Study) -> list[tuple[str, str]]:
    options = [
        f"{key.replace('_', ' ')} {study.subject[key]}"
        for key in _OPTIONS
        if study.subject.get(key) is not None
    ]
    by = f" ({', '.join(options)})" if options else ""
    told = study.told
    paragraphs = [("What was measured", f"{told[0].upper()}{told[1:]}{by}.")]
    kinds = Counter(row.told.partition(",")[0] for row in study.rows)
    if study.kind == "sweep":
        counted = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
    else:
        counted = several(len(study.rows), "assignment")
    front = sum(row.front for row in study.rows)
    paragraphs.append(("What was found", f"{counted or 'Nothing yet'}; {front} on the front."))
    if study.retrained is not None and len(study.retrained):
        best = study.retrained.sort_values("accuracy", na_position="first").iloc[-1]
        paragraphs.append(
            (
                "Retrained",
                f"The best of {several(len(study.retrained), 'retraining')} on validation images, "
                f"{best['id']}, has {percent(best['test_accuracy'])} of test images right with "
                f"{number(best['relative_energy'])} of the energy of exact 8-bit.",
            )
        )
    return paragraphs


def _uses(members: Sequence[Row]) -> list[tables.MultiplierUse]:
    """Return the multipliers of the front; one of several in a layer counts for the layer."""
    used = [[_names(text) for text in row.assignment.values()] for row in members]
    layers = Counter(name for texts in used for names in texts for name in names)
    by_member = Counter(name for texts in used for name in set().union(*texts))
    known = prices(layers, None)
    uses = [
        tables.MultiplierUse(name, known[name], by_member[name], count, None)
        for name, count in layers.items()
    ]
    return sorted(uses, key=lambda use: (-use.layers, use.name))


def _names(text: str) -> set[str]:
    return {name for name, _ in named_groups(text)}


def _retrained(study: Study) -> dict[str, Any] | None:
    if study.retrained is None or study.retrained.empty:
        return None
    told = "Members of the front, retrained through their approximate forward pass."
    return tables.figures_of(study.retrained, heading="Retrained", told=told)


def _payload(
    study: Study, own: list[Column], known: Mapping[str, Price], color: str
) -> dict[str, Any]:
    """Return a study as `payload.run_payload` returns a run; layers are known by name alone."""
    rows = study.rows
    numbers = {name: place for place, name in enumerate(known)}
    layers = list(rows[0].assignment) if rows else []
    front = [place for place, row in enumerate(rows) if row.front]
    unknown = {"svg": None, "macs": None, "parameters": None, "depth": None}
    return {
        "name": study.label,
        "color": color,
        "ids": [row.id for row in rows],
        "front": [int(row.front) for row in rows],
        "beyond": [int(row.given_up) for row in rows],
        "beyondTold": "given up early",
        "finishedTold": "retrained",
        "columns": {
            column.key: {
                "label": column.label,
                "direction": column.direction,
                "values": column.values,
            }
            for column in own
        },
        "multipliers": [told_multiplier(label_of(n), price) for n, price in known.items()],
        "architectures": [{**unknown, "layers": [[name, "", None] for name in layers]}],
        "of": [0 if row.assignment else -1 for row in rows],
        "assignments": [
            [numbers.get(row.assignment.get(layer, ""), -1) for layer in layers] for row in rows
        ],
        "told": [row.told for row in rows],
        "progress": {"evaluations": [], "hours": [], "hypervolume": []},
        "finished": _finished_marks(study),
        "trainings": {},
        "lineages": [[] for _ in rows],
        "best": max(front, key=lambda i: rows[i].figures[study.accuracy], default=0),
    }


def _finished_marks(study: Study) -> list[list[Any]]:
    """Return id, kind, energy and test accuracy in percent of what was retrained."""
    if study.retrained is None:
        return []
    energies = {row.id: row.figures.get("energy_nj") for row in study.rows}
    return [
        [str(row["id"]), "retrained", rounded(energies.get(str(row["id"]))),
         rounded(100 * row["test_accuracy"])]
        for row in study.retrained.to_dict("records")
    ]  # fmt: skip
