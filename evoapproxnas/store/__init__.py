"""The run store: one folder a run, one SQLite row a training, a point, a failure.

run_folder   `Run` is what other code sees; opening: how one is made and opened
tables       its figures as tables
counts       what it took; agreement: what its rungs agree on
acceptance   whether a run may go on with the configuration that it has now
limits       whether what it found is within its limits
database     the rows, written; schema.sql lists them
reading      the rows, read; moment: all of them at one moment
rows         between columns and records
connection   opening the file
migration    files of earlier schemas
environment  where a run was made
deletion     how a run is deleted
finish       what was finished of a run

A run is readable while it grows and after any kind of end.
"""

from evoapproxnas.store.counts import Counts
from evoapproxnas.store.database import Database
from evoapproxnas.store.deletion import Extent, delete_run, extent
from evoapproxnas.store.finish import FinishedStage, FinishFolder, StageName
from evoapproxnas.store.opening import create_run, load_moment, load_run, next_free_name
from evoapproxnas.store.rows import GenerationRow, SessionRow, TrainingRow
from evoapproxnas.store.run_folder import Run
from evoapproxnas.store.tables import Measured, figures_table

__all__ = [
    "Counts",
    "Database",
    "Extent",
    "FinishFolder",
    "FinishedStage",
    "GenerationRow",
    "Measured",
    "Run",
    "SessionRow",
    "StageName",
    "TrainingRow",
    "create_run",
    "delete_run",
    "extent",
    "figures_table",
    "load_moment",
    "load_run",
    "next_free_name",
]
