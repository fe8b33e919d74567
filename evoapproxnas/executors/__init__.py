"""Where candidates are evaluated: tasks go in, outcomes come out as they finish.

A task names the function that works on it and holds what that needs as JSON and bytes; so does
its result. The function, of a module that workers can import, takes a `Task` and returns a
`Result`. An executor knows nothing of networks, and workers nothing of runs: what has to be kept
comes back in the result.

What a task raises decides what happens: a `CandidateError`, and any exception that is not ours,
becomes a `Failure`; our other errors (missing data, full disk) stop the campaign, since the next
candidate would meet them too, as do those of a broken environment (`guard`).

base       the protocol: `submit`, `completed`, `cancel`, `close`, and `run` on top
envelope   `Task` and `Result`
messages   how they travel, and `work`, which every worker calls
guard      what an exception in a task means
inline     in the calling process
processes  local worker processes, with limits (`pool`: one of them seen from here, `worker`: from
           inside)
ray        the machines of a Ray cluster

To add an executor (a cluster), write one file with a subclass of `Executor`, and check it
against tests/executors/test_contract.py.
"""

from evoapproxnas.executors.base import Executor, Outcome
from evoapproxnas.executors.envelope import Result, Task
from evoapproxnas.executors.inline import InlineExecutor
from evoapproxnas.executors.processes import ProcessExecutor
from evoapproxnas.executors.ray import RayExecutor

__all__ = [
    "Executor",
    "InlineExecutor",
    "Outcome",
    "ProcessExecutor",
    "RayExecutor",
    "Result",
    "Task",
]
