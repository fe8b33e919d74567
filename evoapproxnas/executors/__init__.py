"""Where candidates are evaluated: tasks go in, outcomes come out as they finish.

An executor runs any picklable function over tasks; it knows nothing of networks. What a task
raises decides what happens: a `CandidateError`, and any exception that is not ours, becomes a
`Failure`; our other errors (missing data, full disk) stop the campaign, since the next candidate
would meet them too, as do those of a broken environment (`guard`).

base       the protocol: `submit`, `completed`, `cancel`, `close`, and `run` on top
guard      what an exception in a task means
inline     in the calling process
processes  local worker processes, with limits (`pool`: one of them seen from here, `worker`: from
           inside)

To add an executor (Ray, a cluster), write one file with a subclass of `Executor`, and check it
against tests/executors/test_contract.py.
"""

from evoapproxnas.executors.base import Executor
from evoapproxnas.executors.inline import InlineExecutor
from evoapproxnas.executors.processes import ProcessExecutor

__all__ = ["Executor", "InlineExecutor", "ProcessExecutor"]
