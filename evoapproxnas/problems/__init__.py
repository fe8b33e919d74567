"""What can be searched: the `Problem` protocol, and the problems that there are.

A problem draws and varies candidates, prices them, makes the tasks that evaluate them and knows
which figures there are. The campaign loop knows nothing else, so whatever implements `Problem`
is searched with the same store, executors, stop rules and resume. `cosearch` stands around those
whose candidates have layers, and adds the accelerator that they run on.

| problem | what is searched |
|---|---|
| `cnn` | networks and the multipliers of their layers, trained and emulated |
| `nasbench201` | the 15,625 networks of NAS-Bench-201, by a table that the user brings |
| `synthetic` | integers whose Pareto front is known, in no time |

To add a problem, write one file with a class that is made of a `RunConfig` and has what
`protocol.Problem` and `ProblemKind` list, and name it in `registry.PROBLEMS`. `problem = "NAME"`
in a configuration, or `run --problem NAME`, then searches it. With what `layered.LayeredProblem`
lists, it has the figures of accelerators. What `finalize` does with its fronts is a
`finishing.Finisher`, named in `registry.FINISHERS`.
"""

from evoapproxnas.problems.finishing import CHECKPOINT, Finisher, Member, Stage, Turn
from evoapproxnas.problems.protocol import Lesson, Parent, Problem, Source, Step
from evoapproxnas.problems.ranking import make_ranking
from evoapproxnas.problems.registry import (
    FINISHERS,
    PROBLEMS,
    make_finisher,
    make_problem,
    problem_kind,
    with_objectives,
)

__all__ = [
    "CHECKPOINT",
    "FINISHERS",
    "PROBLEMS",
    "Finisher",
    "Lesson",
    "Member",
    "Parent",
    "Problem",
    "Source",
    "Stage",
    "Step",
    "Turn",
    "make_finisher",
    "make_problem",
    "make_ranking",
    "problem_kind",
    "with_objectives",
]
