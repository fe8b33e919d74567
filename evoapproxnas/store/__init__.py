"""The run store: one folder a run, one SQLite row an evaluation.

`run_folder.Run` is what other code sees; `database` keeps the rows, `environment` says where
they came from. A run is readable while it grows and after any kind of end.
"""

from evoapproxnas.store.database import Database, GenerationRow
from evoapproxnas.store.run_folder import INFEASIBLE, Run, create_run, load_run, next_free_name

__all__ = [
    "INFEASIBLE",
    "Database",
    "GenerationRow",
    "Run",
    "create_run",
    "load_run",
    "next_free_name",
]
