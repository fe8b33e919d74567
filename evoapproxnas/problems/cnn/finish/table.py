"""The figures of a run's finish: a row for each network that was fine-tuned."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from evoapproxnas.files import decode
from evoapproxnas.problems.cnn.finish.records import Assigned, Trained, Tuned
from evoapproxnas.store import FinishedStage

COLUMNS = (
    *("id", "kind", "test_accuracy", "energy_nj", "mmac_equivalents", "relative_energy"),
    *("loss_points", "exact8_accuracy", "float_accuracy", "exact_bits", "exact_bits_accuracy"),
    *("test_accuracy_before", "val_accuracy", "macs", "parameters", "passes"),
    *("finetune_passes", "gradient", "seconds", "seed", "test_images", "multipliers"),
)


def finished_table(rows: Sequence[FinishedStage]) -> pd.DataFrame:
    """Make the table, member by member, approximate points before exact baselines.

    Returns:
        Columns, all accuracies 0..1 and of the test images unless said otherwise:

        * `id`, `kind` ("approximate", or "exact a6w6" for a baseline), `test_accuracy`
        * `energy_nj`, `mmac_equivalents` (as many exact 8-bit multiplications, in millions, take
          that energy), `relative_energy` (exact 8-bit is 1)
        * `loss_points` below `exact8_accuracy`, that of the same network in exact 8-bit,
          fine-tuned alike where `finish.baselines` has 8, else as it was trained
        * `float_accuracy` as it was trained
        * `exact_bits`, `exact_bits_accuracy`: the cheapest baseline of the same network that
          takes no less energy; what an approximate point has to beat
        * `test_accuracy_before` fine-tuning, `val_accuracy` after it
        * `macs`, `parameters`, `passes` of training, `finetune_passes`, `gradient`, `seconds` of
          both, `seed`, `test_images`, `multipliers` by layer

    Raises:
        StoreError: if a row is damaged.
    """
    table = [line for member in _members(rows) for line in _lines(member)]
    return pd.DataFrame(table, columns=list(COLUMNS))


def _members(rows: Sequence[FinishedStage]) -> list[list[FinishedStage]]:
    names = dict.fromkeys(row.member for row in rows)
    return [[row for row in rows if row.member == name] for name in names]


def _lines(rows: Sequence[FinishedStage]) -> list[dict[str, Any]]:
    """The lines of one member: what began with its present training."""
    by_kind = {row.kind: row for row in rows}
    if not {"training", "assignment"} <= set(by_kind):
        return []
    training = by_kind["training"]
    trained, assigned = _read(Trained, training), _read(Assigned, by_kind["assignment"])
    tunings = {row.id: _read(Tuned, row) for row in rows if row.kind == "tuning"}
    current = {name: t for name, t in tunings.items() if t.training == training.identity}
    order = sorted(current, key=lambda n: (_is_exact(current[n]), -_energy(current[n])))
    exact = [current[name] for name in order if _is_exact(current[name])]
    return [_line(name, current[name], trained, assigned, exact) for name in order]


def _line(
    name: str, tuned: Tuned, trained: Trained, assigned: Assigned, exact: Sequence[Tuned]
) -> dict[str, Any]:
    exact8 = next((e.test_accuracy for e in exact if e.kind == "exact a8w8"), None)
    if exact8 is None:
        exact8 = assigned.exact8_accuracy
    # By falling energy: the last one that takes no less is the nearest.
    dearer = [e for e in exact if _energy(e) >= _energy(tuned) and e is not tuned]
    nearest = dearer[-1] if dearer else None
    figures = {n: tuned.figures[n] for n in ("energy_nj", "mmac_equivalents", "relative_energy")}
    return {
        "id": name,
        "kind": tuned.kind,
        "test_accuracy": tuned.test_accuracy,
        **figures,
        "loss_points": 100 * (exact8 - tuned.test_accuracy),
        "exact8_accuracy": exact8,
        "float_accuracy": assigned.float_accuracy,
        "exact_bits": nearest.kind.removeprefix("exact ") if nearest else None,
        "exact_bits_accuracy": nearest.test_accuracy if nearest else None,
        "test_accuracy_before": tuned.test_before,
        "val_accuracy": tuned.val_accuracy,
        "macs": int(tuned.figures["macs"]),
        "parameters": int(tuned.figures["parameters"]),
        "passes": trained.passes,
        "finetune_passes": tuned.passes,
        "gradient": tuned.gradient,
        "seconds": round(trained.seconds + tuned.seconds, 1),
        "seed": trained.seed,
        "test_images": assigned.test_images,
        "multipliers": _in_words(tuned.assignment),
    }


def _read(kind: type[Any], row: FinishedStage) -> Any:
    return decode(kind, row.figures, where=f"{row.kind} of {row.id}")


def _energy(tuned: Tuned) -> float:
    return tuned.figures["energy_nj"]


def _is_exact(tuned: Tuned) -> bool:
    return tuned.kind.startswith("exact")


def _in_words(assignment: Mapping[str, str]) -> str:
    return "; ".join(f"{layer}: {name}" for layer, name in assignment.items())
