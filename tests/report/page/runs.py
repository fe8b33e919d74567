"""Runs that pages are made of: searched with made figures, damaged, hostile, or hardly begun."""

import json
import sqlite3
from contextlib import closing

from evoapproxnas.executors import InlineExecutor
from evoapproxnas.problems import make_problem
from evoapproxnas.records import Evaluation, Training
from evoapproxnas.search import Silent, run_campaign
from evoapproxnas.store import load_run
from tests.fakes import FakeExecutor, tiny_run
from tests.synthetic_runs import Scripted, synthetic_run

EVIL = "<img src=x onerror=alert(1)>"
"""A name that does something where it is taken for HTML."""
SCRIPT = "</script><script>alert(2)</script>"


def searched_networks(path, *settings):
    """A campaign over networks with made figures."""
    run = tiny_run(path, "search.population=8", "search.generations=2", *settings)
    problem = make_problem(run.config)
    run_campaign(run, FakeExecutor(), Silent(), problem=problem)
    return load_run(path, read_only=True)


def searched_synthetic(path, *settings, script=None):
    """A campaign over integers."""
    run = synthetic_run(path, *settings)
    run_campaign(run, InlineExecutor() if script is None else Scripted(script), Silent())
    return load_run(path, read_only=True)


def change(path, *statements):
    """Change the database of a run behind its back."""
    with closing(sqlite3.connect(path / "campaign.sqlite")) as connection, connection:
        for statement, *values in statements:
            connection.execute(statement, values)


def hostile(path):
    """A run whose names and reasons are HTML."""
    searched_networks(path)
    with closing(sqlite3.connect(path / "campaign.sqlite")) as connection:
        rows = connection.execute("SELECT rowid, network FROM candidates").fetchall()
        points = connection.execute("SELECT id, assignment FROM points").fetchall()
    changes = [("UPDATE candidates SET operator = ?", EVIL + SCRIPT)]
    for row, text in rows:
        network = json.loads(text)
        for op in network["ops"]:
            op["node_kind"] = EVIL + SCRIPT  # Names of operations are checked where they are read.
        changes.append(
            ("UPDATE candidates SET network = ? WHERE rowid = ?", json.dumps(network), row)
        )
    for row, text in points:
        assignment = dict.fromkeys(json.loads(text), EVIL)
        changes.append(
            ("UPDATE points SET assignment = ? WHERE id = ?", json.dumps(assignment), row)
        )
    failure = (9, 0, 0, EVIL, SCRIPT, "", "{}", 1.0, "2026-01-01T00:00:00+00:00")
    changes.append(("INSERT INTO candidates SELECT 9, 0, key, architecture_key, genes, network, "
                    "parents, 'failed', operator FROM candidates LIMIT 1",))  # fmt: skip
    changes.append((f"INSERT INTO failures VALUES ({', '.join('?' * 9)})", *failure))
    change(path, *changes)
    return load_run(path, read_only=True)


def with_curves(task):
    """An evaluation with a training, whose history has what was not measured."""
    del task
    history = ({"epoch": 1.0, "loss": 2.0, "accuracy": 0.4, "val_accuracy": None},
               {"epoch": 2.0, "loss": 1.0, "accuracy": 0.6, "val_accuracy": 0.5})  # fmt: skip
    return Evaluation({"error": 0.5}, 1.0, Training(2.0, "recipe", 2.0, history=history))
