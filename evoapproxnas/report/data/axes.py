"""What a figure of networks is called on an axis, in which unit, and which way is better."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from evoapproxnas.constraints import Direction
from evoapproxnas.errors import ConfigError, did_you_mean
from evoapproxnas.store import Run


@dataclass(frozen=True)
class Axis:
    """How a column of figures is drawn.

    Attributes:
        name: of the column.
        direction: whether less or more is better.
        words: what it is.
        unit: of what is drawn; empty: none.
        scale: what the column is multiplied by before it is drawn.
    """

    name: str
    direction: Direction
    words: str
    unit: str = ""
    scale: float = 1.0

    @property
    def label(self) -> str:
        """Text beside the axis."""
        return f"{self.words} ({self.unit})" if self.unit else self.words

    @property
    def sign(self) -> float:
        """1 where less is better, else -1."""
        return 1.0 if self.direction == "min" else -1.0


_INFERENCE = "nJ / inference"
_KNOWN = {
    axis.name: axis
    for axis in (
        Axis("error", "min", "validation error", "%", 100.0),
        Axis("energy_nj", "min", "multiplier energy", _INFERENCE),
        Axis("exact8_energy_nj", "min", "multiplier energy in exact 8-bit", _INFERENCE),
        Axis("relative_energy", "min", "multiplier energy, exact 8-bit = 1"),
        Axis("system_energy_nj", "min", "system energy", _INFERENCE),
        Axis("edp", "min", "energy-delay product", "nJ ms"),
        Axis("macs", "min", "multiply-accumulates"),
        Axis("mmacs", "min", "multiply-accumulates", "millions"),
        Axis("parameters", "min", "parameters"),
        Axis("depth", "min", "depth", "nodes"),
    )
}
_UNITS = {
    "_nj": "nJ", "_mj": "mJ", "_uj": "uJ", "_pj": "pJ", "_ms": "ms", "_kb": "KB", "_mm2": "mm²",
    "_uw": "uW", "_seconds": "s", "_pct": "%",
}  # fmt: skip
_SHARES: dict[str, Direction] = {"accuracy": "max", "error": "min"}


def axis_of(name: str, runs: Sequence[Run] = ()) -> Axis:
    """Return how a column of `points_frame` is drawn.

    Args:
        name: of the column.
        runs: whose objectives say which way is better; of other figures less is, of accuracies
            more.
    """
    found = _KNOWN.get(name) or _share(name) or _measured(name)
    for run in runs:
        if name in run.ranking.directions:
            return replace(found, direction=run.ranking.directions[name])
    return found


def _share(name: str) -> Axis | None:
    """Accuracies and errors by their names: test_exact8_accuracy, float_error, ..."""
    for ending, direction in _SHARES.items():
        if name == ending or name.endswith(f"_{ending}"):
            split = "test" if name.startswith("test_") else "validation"
            kind = name.removeprefix("test_").removesuffix(ending).strip("_")
            of = f", {kind.replace('exact8', 'exact 8-bit').replace('_', ' ')}" if kind else ""
            return Axis(name, direction, f"{split} {ending}{of}", "%", 100.0)
    return None


def _measured(name: str) -> Axis:
    for ending, unit in _UNITS.items():
        if name.endswith(ending):
            return Axis(name, "min", name.removesuffix(ending).replace("_", " "), unit)
    return Axis(name, "min", name.replace("_", " "))


def axes_of(
    names: Sequence[str] | None, runs: Sequence[Run], columns: Iterable[str]
) -> tuple[Axis, ...]:
    """Return the axes of a figure.

    Args:
        names: of columns; None: the objectives of the first run, all of which the others need,
            errors of trained networks as accuracies.
        runs: what is compared.
        columns: that there are.

    Raises:
        ConfigError: if runs have other objectives, or a column is not there.
    """
    known = [str(column) for column in columns]
    asked = list(names) if names else common_objectives(runs)
    if not names and "error" in asked and "accuracy" in known:
        asked[asked.index("error")] = "accuracy"
    for name in asked:
        if name not in known:
            raise ConfigError(f"no network of these runs has figure {name!r:.200}; "
                              + did_you_mean(name, known))  # fmt: skip
    if len(set(asked)) != len(asked):
        raise ConfigError(f"expected different objectives, got {', '.join(asked)}")
    return tuple(axis_of(name, runs) for name in asked)


def axes_in(front: pd.DataFrame, names: Sequence[str] | None = None) -> tuple[Axis, ...]:
    """Return the axes of a frame that says its objectives, or of some of its columns."""
    known = front.attrs.get("objectives", {})
    found = (axis_of(name) for name in names or known)
    return tuple(replace(a, direction=known.get(a.name, a.direction)) for a in found)


def common_objectives(runs: Sequence[Run]) -> list[str]:
    """Return what all runs optimize, in the order of the first.

    Raises:
        ConfigError: if there is no run, or they share fewer than two objectives.
    """
    if not runs:
        raise ConfigError("expected at least one run")
    names = [n for n in runs[0].ranking.directions if all(n in r.ranking.directions for r in runs)]
    if len(names) < 2:
        texts = [f"{run.name}: {', '.join(run.ranking.directions)}" for run in runs]
        raise ConfigError(
            f"runs have other objectives ({'; '.join(dict.fromkeys(texts))}), so they share no "
            "figure; name figures that all have, such as --objective error --objective macs"
        )
    return names
