"""Runs that grow, and studies, without any training."""

import json
from dataclasses import replace

from evoapproxnas.records import CandidateId, Evaluation, StepId
from evoapproxnas.store import Database

SWEEP = (
    "kind,multiplier,digest,weight_scheme,error_correction,bits,images,accuracy,loss_points,"
    "energy_nj,relative_energy,screened\n"
    "float,float,,,,32,1000,0.90,nan,nan,nan,False\n"
    "exact,mul8u_exact,ab,sign_magnitude,,8,1000,0.89,0.0,100.0,1.0,False\n"
    "circuit,mul8u_or8_v6,cd,sign_magnitude,True,8,1000,0.85,4.0,40.0,0.4,False\n"
    "circuit,mul8u_or9_v8,ef,sign_magnitude,True,8,100,0.20,69.0,20.0,0.2,True\n"
)
VERIFIED = (
    "id,round,multipliers,squared_error,predicted_loss_points,accuracy,loss_points,energy_nj,"
    "relative_energy,seconds\n"
)


def verified(number, accuracy, energy, name="mul8u_or8_v6"):
    """A row of what `assign` verified."""
    layers = json.dumps({"conv1": "mul8u_exact", "conv2": name}).replace('"', '""')
    return (
        f'a{number:03d},{int(number > 0)},"{layers}",0.1,0.5,{accuracy},0.0,{energy},'
        f"{energy / 100},0.1\n"
    )


def sweep_study(folder, rows=SWEEP):
    folder.mkdir(parents=True)
    (folder / "sweep.csv").write_text(rows)
    identity = {"study": "sweep", "model": "r8", "dataset": "digits", "split": "test"}
    (folder / "identity.json").write_text(json.dumps(identity))
    return folder


def assign_study(folder, *rows):
    folder.mkdir(parents=True)
    (folder / "verified.csv").write_text(VERIFIED + "".join(rows))
    identity = {"study": "assign", "model": "r8", "dataset": "digits", "seed": 3}
    (folder / "identity.json").write_text(json.dumps(identity))
    return folder


def open_to_write(path):
    """The database of a run, as a campaign has it."""
    return Database.open(path / "campaign.sqlite")


def add_evaluation(database, *, error, energy=0.5):
    """Record one more candidate, a copy of the first one but for its figures."""
    candidates = list(database.candidates().values())
    last = candidates[-1].id
    place = CandidateId(last.generation, last.index + 1)
    twin = replace(candidates[0], id=place, key=f"key of {place}", parents=())
    database.add_candidates([twin])
    first = database.evaluations()[StepId(candidates[0].id)]
    metrics = {**first.metrics, "error": error}
    for name in ("energy_nj", "cost"):
        if name in metrics:
            metrics[name] = energy
    database.add_outcome(StepId(place), Evaluation(metrics, 1.0, None, first.assignment))
    return str(place)
