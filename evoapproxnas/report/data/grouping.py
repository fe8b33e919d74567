"""Which runs are repetitions of one another, and what runs are called beside each other."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from evoapproxnas.config import flat, may_change
from evoapproxnas.files import as_text
from evoapproxnas.store import Run
from evoapproxnas.store.acceptance import plain

_BETWEEN = "-_. (/"
"""What stands in names between what runs share and their seed."""


@dataclass(frozen=True)
class Labelled:
    """A run with its names in tables and figures.

    Attributes:
        run: the run.
        label: its name; with its folder's where two are called alike.
        group: one for all runs that differ in nothing but the seed; its label where it is alone.
    """

    run: Run
    label: str
    group: str


def label_runs(runs: Sequence[Run]) -> list[Labelled]:
    """Name runs: no two alike, and repetitions with other seeds as one group.

    A folder that is given twice is one run.
    """
    once = list({run.path.resolve(): run for run in runs}.values())
    labels = _different([_name(run, once) for run in once])
    settings = [_setting(run) for run in once]
    members: dict[str, list[tuple[Run, str]]] = {}
    for setting, run, label in zip(settings, once, labels, strict=True):
        members.setdefault(setting, []).append((run, label))
    groups = dict(zip(members, _different([_common(m) for m in members.values()]), strict=True))
    return [
        Labelled(run, label, groups[setting])
        for run, label, setting in zip(once, labels, settings, strict=True)
    ]


def _name(run: Run, runs: Sequence[Run]) -> str:
    alike = {other.path.resolve() for other in runs if other.name == run.name}
    own = run.name if len(alike) == 1 else f"{run.path.resolve().parent.name}/{run.name}"
    return as_text(own)


def _different(names: Sequence[str]) -> list[str]:
    """Number those that are there twice."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(f"{name} ({seen[name]})" if seen[name] > 1 else name)
    return found


def _setting(run: Run) -> str:
    """All of a configuration that decides what a search does, but for its seed."""
    values = {
        k: v for k, v in flat(plain(run.config)).items() if k != "seed" and not may_change(k)
    }
    return json.dumps(values, sort_keys=True, default=str)


def _common(members: Sequence[tuple[Run, str]]) -> str:
    labels = [label for _, label in members]
    if len(labels) == 1:
        return labels[0]
    common = os.path.commonprefix(labels).rstrip(_BETWEEN + "0123456789")
    for ending in ("seed", "-s", "_s"):
        common = common.removesuffix(ending)
    seeds = {run.config.seed for run, _ in members}
    several = "seeds" if len(seeds) == len(members) else "runs"
    return f"{common.rstrip(_BETWEEN) or labels[0]}, {len(members)} {several}"
