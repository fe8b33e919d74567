"""Networks that others trained and measured: a search over them takes seconds.

- `accuracy`: validation and test errors, and what training took, by data set and epochs.
- `figures`: what can be an objective or a limit.
- `candidates`: cells, drawn, varied and named; genes are the operations of their six edges.
- `tasks`: what is left to workers.
- `nasbench201`: the problem.

    python -m evoapproxnas run NAME --problem nasbench201 --data-dir DIR
        --set "search.objectives=['error', 'raspi4_latency_ms']"

Data sets are `tabular.dataset` cifar10, cifar100 and ImageNet16-120. A search sees validation
errors alone, after `tabular.epochs` (12 or 200) or, at two fidelities, on
`rungs.passes=[12, 200]`: means of several trainings, or those of one (`tabular.training`), which
have noise. The seconds of its trainings (`Training.seconds`) are those that the table says they
took.
"""

from evoapproxnas.problems.tabular.accuracy import FIDELITIES, Accuracies
from evoapproxnas.problems.tabular.nasbench201 import NasBench201Problem

__all__ = ["FIDELITIES", "Accuracies", "NasBench201Problem"]
