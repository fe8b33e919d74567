"""Where candidates are evaluated: tasks go in, outcomes come out as they finish.

An executor runs any picklable function over tasks; it knows nothing of networks. What a task
raises decides what happens: a `CandidateError`, and any exception that is not ours, becomes a
`Failure`; our other errors (missing data, full disk) stop the campaign, since the next candidate
would meet them too.

To add an executor (Ray, a cluster), write one file with a class that has `run` and `close` as
in `Executor`, and check it against tests/executors/test_contract.py.
"""

from evoapproxnas.executors.base import Executor
from evoapproxnas.executors.inline import InlineExecutor
from evoapproxnas.executors.processes import ProcessExecutor

__all__ = ["Executor", "InlineExecutor", "ProcessExecutor"]
