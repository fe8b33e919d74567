"""Runs of the synthetic problem; what this imports needs no networks."""

from evoapproxnas.config import load_config
from evoapproxnas.problems import make_problem, make_ranking
from evoapproxnas.problems.synthetic import SyntheticTask, evaluate
from evoapproxnas.store import create_run
from tests.held_tasks import HeldTasks


def synthetic_config(*settings):
    objectives = "search.objectives=['error', 'cost']"
    return load_config(settings=["problem=synthetic", objectives, *settings])


def synthetic_run(path, *settings):
    config = synthetic_config(*settings)
    return create_run(path, config, make_ranking(make_problem(config), config))


class Scripted(HeldTasks):
    """Works at once, but for what `script(task, how often it was tried before)` gives instead."""

    def __init__(self, script=lambda task, before: None):
        super().__init__()
        self.script, self.tasks = script, []

    def completed(self):
        while self.held:
            ticket, task = next(iter(self.held.items()))
            work = task.read(SyntheticTask)
            outcome = self.script(work, self.tasks.count(work))
            if isinstance(outcome, BaseException):
                raise outcome
            self.tasks.append(work)
            del self.held[ticket]
            yield ticket, outcome or evaluate(task)
