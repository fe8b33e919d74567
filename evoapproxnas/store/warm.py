"""The first candidates of a run, copied into its folder, so that it depends on no other."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evoapproxnas.files import decode, read_json
from evoapproxnas.records import WARM, CandidateId, Draft, StepId, WarmStart
from evoapproxnas.store.weights import read_weights, weights_file

_FILE = "init.json"


@dataclass(frozen=True)
class _Record:
    """A warm start without its weights, which are in a file of their own."""

    genes: tuple[int, ...]
    key: str
    network: str
    architecture_key: str
    origin: str
    passes: float
    identity: str
    weights: str


def write_warm_starts(folder: Path, starts: Sequence[WarmStart]) -> None:
    """Write `init.json`, and weights to `models/ID-init.npz`; nothing where there are none."""
    if not starts:
        return
    rows = []
    for index, start in enumerate(starts):
        name = weights_file(_step(index)) if start.weights else ""
        if name:
            (folder / "models" / name).write_bytes(start.weights)
        draft = start.draft
        rows.append(
            {
                "genes": list(draft.genes),
                "key": draft.key,
                "network": draft.network,
                "architecture_key": draft.architecture_key,
                "origin": start.origin,
                "passes": start.passes,
                "identity": start.identity,
                "weights": name,
            }
        )
    (folder / _FILE).write_text(json.dumps(rows, indent=1) + "\n", "utf-8")


def read_warm_starts(folder: Path) -> tuple[WarmStart, ...]:
    """Read them again, with their weights.

    Raises:
        StoreError: if `init.json` is malformed, or a file of weights is gone.
    """
    file = folder / _FILE
    if not file.exists():
        return ()
    found = []
    for index, row in enumerate(decode(tuple[_Record, ...], read_json(file), where=str(file))):
        draft = Draft(row.genes, row.key, row.network, row.architecture_key)
        weights = read_weights(folder / "models", _step(index)) if row.weights else b""
        found.append(WarmStart(draft, row.origin, row.passes, weights, row.identity))
    return tuple(found)


def _step(index: int) -> StepId:
    return StepId(CandidateId(0, index), WARM)
