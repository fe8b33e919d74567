"""Databases of earlier schemas, brought to the present one in one transaction.

Schema 1 had a table `evaluations` in place of `trainings` and `points`. Its recipes of training
are not known any more (""), and all figures that it could limit were better the lower.
Schema 2 knew one step and one point a candidate, schema 3 no operators, schema 4 no accelerators.
"""

import json
import sqlite3
from collections.abc import Mapping
from functools import cache
from importlib import resources

from evoapproxnas.errors import ConfigError
from evoapproxnas.networks import Network

SCHEMA_VERSION = 5

_TABLES_1 = (
    *("objectives", "candidates", "evaluations", "failures", "tests", "generations", "sessions"),
)
_TABLES_2 = (
    *("campaign", "objectives", "limits", "candidates", "trainings", "points", "failures"),
    *("tests", "generations", "sessions"),
)

_COPY_1 = """
INSERT INTO objectives SELECT name, direction FROM old_objectives ORDER BY rowid;
INSERT INTO candidates (generation, position, key, architecture_key, genes, network, parents,
                        state)
    SELECT generation, position, key, architecture_key_of(network), genes, network, parents,
           'proposed'
    FROM old_candidates ORDER BY generation, position;
INSERT INTO trainings (id, generation, position, architecture_key, budget, passes, recipe,
                       inherited_from, history, seconds, state)
    SELECT NULL, e.generation, e.position, c.architecture_key,
           coalesce(json_extract(e.metrics, '$.epochs'), 0),
           coalesce(json_extract(e.metrics, '$.epochs'), 0), '', NULL, '[]', e.seconds, 'finished'
    FROM old_evaluations e JOIN candidates c USING (generation, position)
    WHERE e.source IS NULL ORDER BY e.generation, e.position;
INSERT INTO points (id, generation, position, training, assignment, metrics, seconds, source,
                    finished)
    SELECT NULL, e.generation, e.position, t.id, assignment_of(c.network), e.metrics, e.seconds,
           e.source, e.finished
    FROM old_evaluations e JOIN candidates c USING (generation, position)
    LEFT JOIN trainings t ON
        t.generation = coalesce(json_extract(e.source, '$[0]'), e.generation) AND
        t.position = coalesce(json_extract(e.source, '$[1]'), e.position)
    ORDER BY e.generation, e.position;
INSERT INTO failures (generation, position, kind, reason, details, seconds, finished)
    SELECT generation, position, kind, reason, details, seconds, finished FROM old_failures;
INSERT INTO tests (generation, position, metrics)
    SELECT generation, position, metrics FROM old_tests;
INSERT INTO generations SELECT generation, survivors, hypervolume, finished FROM old_generations;
INSERT INTO sessions SELECT started, seconds FROM old_sessions ORDER BY rowid;
UPDATE candidates SET state = 'failed'
    WHERE EXISTS (SELECT 1 FROM failures f
        WHERE f.generation = candidates.generation AND f.position = candidates.position);
UPDATE candidates SET state = 'evaluated'
    WHERE EXISTS (SELECT 1 FROM points p
        WHERE p.generation = candidates.generation AND p.position = candidates.position);
"""

_COPY_2 = """
INSERT INTO campaign SELECT config FROM old_campaign;
INSERT INTO objectives SELECT name, direction FROM old_objectives ORDER BY rowid;
INSERT INTO limits SELECT name, direction, value FROM old_limits ORDER BY rowid;
INSERT INTO candidates (generation, position, key, architecture_key, genes, network, parents,
                        state)
    SELECT generation, position, key, architecture_key, genes, network, parents, state
    FROM old_candidates;
INSERT INTO trainings (id, generation, position, architecture_key, budget, passes, recipe,
                       inherited_from, history, seconds, state)
    SELECT id, generation, position, architecture_key, budget, budget, recipe,
           CASE WHEN inherited_from IS NULL THEN NULL
                ELSE json_insert(inherited_from, '$[2]', 0) END,
           history, seconds, state
    FROM old_trainings ORDER BY id;
INSERT INTO points (id, generation, position, training, assignment, metrics, seconds, source,
                    finished)
    SELECT id, generation, position, training, assignment, metrics, seconds, source, finished
    FROM old_points ORDER BY id;
INSERT INTO failures (generation, position, kind, reason, details, metrics, seconds, finished)
    SELECT generation, position, kind, reason, details, metrics, seconds, finished
    FROM old_failures;
INSERT INTO tests (generation, position, metrics)
    SELECT generation, position, metrics FROM old_tests;
INSERT INTO generations SELECT generation, survivors, hypervolume, finished FROM old_generations;
INSERT INTO sessions SELECT started, seconds FROM old_sessions ORDER BY rowid;
"""

_ADD_OPERATOR = "ALTER TABLE candidates ADD COLUMN operator TEXT NOT NULL DEFAULT '';"
_ADD_ACCELERATOR = "ALTER TABLE points ADD COLUMN accelerator TEXT NOT NULL DEFAULT '';"
_ADDED = {3: _ADD_OPERATOR + _ADD_ACCELERATOR, 4: _ADD_ACCELERATOR}
"""Columns that schemas lack whose tables are those of the present one otherwise."""

_INFEASIBLE = """
UPDATE candidates SET state = 'infeasible'
    WHERE EXISTS (SELECT 1 FROM points p, limits l
        WHERE p.generation = candidates.generation AND p.position = candidates.position
        AND json_extract(p.metrics, '$.' || l.name) > l.value);
"""


def create_schema(connection: sqlite3.Connection) -> None:
    """Make the tables of the present schema."""
    connection.executescript(_schema() + f"PRAGMA user_version = {SCHEMA_VERSION};")


def migrate(connection: sqlite3.Connection, version: int, limits: Mapping[str, float]) -> None:
    """Bring a database of an earlier schema to the present one; all of it happens or nothing.

    Args:
        connection: with `isolation_level=None`.
        version: its schema.
        limits: of the run's configuration.

    Raises:
        sqlite3.Error: if the file cannot be written, or holds rows that are none.
    """
    connection.create_function("architecture_key_of", 1, _architecture_key, deterministic=True)
    connection.create_function("assignment_of", 1, _assignment, deterministic=True)
    try:
        steps = _ADDED[version] if version in _ADDED else _made_anew(connection, version)
        connection.executescript(f"BEGIN IMMEDIATE;{steps}")
        if version == 1:
            rows = [(name, "min", value) for name, value in limits.items()]
            connection.executemany("INSERT INTO limits VALUES (?, ?, ?)", rows)
            connection.execute(_INFEASIBLE)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _made_anew(connection: sqlite3.Connection, version: int) -> str:
    """Return what makes the present tables and fills them from those of schema 1 or 2."""
    tables, copy = (_TABLES_1, _COPY_1) if version == 1 else (_TABLES_2, _COPY_2)
    indices = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    unindexed = "".join(f'DROP INDEX "{name}";' for (name,) in indices)
    renames = "".join(f"ALTER TABLE {name} RENAME TO old_{name};" for name in tables)
    drops = "".join(f"DROP TABLE old_{name};" for name in reversed(tables))
    return f"{unindexed}{renames}{_schema()}{copy}{drops}"


def _schema() -> str:
    return (resources.files("evoapproxnas.store") / "schema.sql").read_text("utf-8")


def _architecture_key(text: str) -> str:
    network = _network(text)
    return "" if network is None else network.architecture_key


def _assignment(text: str) -> str:
    network = _network(text)
    return json.dumps({} if network is None else network.assignment)


@cache
def _network(text: str) -> Network | None:
    """Read a network; of one that is damaged the figures are kept all the same."""
    try:
        return Network.from_dict(json.loads(text))
    except (ConfigError, LookupError, ValueError):
        return None
