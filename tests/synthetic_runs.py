"""Runs of the synthetic problem; what this imports needs no networks."""

from itertools import count

from evoapproxnas.config import load_config
from evoapproxnas.executors import Executor
from evoapproxnas.problems import make_problem, make_ranking
from evoapproxnas.problems.synthetic import SyntheticTask, evaluate
from evoapproxnas.store import create_run


def synthetic_config(*settings):
    objectives = "search.objectives=['error', 'cost']"
    return load_config(settings=["problem=synthetic", objectives, *settings])


def synthetic_run(path, *settings):
    config = synthetic_config(*settings)
    return create_run(path, config, make_ranking(make_problem(config), config))


class Scripted(Executor):
    """Works at once, but for what `script(task, how often it was tried before)` gives instead."""

    def __init__(self, script=lambda task, before: None):
        self.script, self.tasks = script, []
        self.tickets, self.given = count(), {}

    def submit(self, task):
        ticket = next(self.tickets)
        self.given[ticket] = task
        return ticket

    def completed(self):
        while self.given:
            ticket, task = next(iter(self.given.items()))
            work = task.read(SyntheticTask)
            outcome = self.script(work, self.tasks.count(work))
            if isinstance(outcome, BaseException):
                raise outcome
            self.tasks.append(work)
            del self.given[ticket]
            yield ticket, outcome or evaluate(task)

    def cancel(self, ticket):
        self.given.pop(ticket, None)

    def close(self):
        self.given.clear()
