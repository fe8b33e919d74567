"""Runs of the synthetic problem; what this imports needs no networks."""

from evoapproxnas.config import load_config
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.problems import make_problem, make_ranking
from evoapproxnas.store import create_run


def synthetic_config(*settings):
    objectives = "search.objectives=['error', 'cost']"
    return load_config(settings=["problem=synthetic", objectives, *settings])


def synthetic_run(path, *settings):
    config = synthetic_config(*settings)
    return create_run(path, config, make_ranking(make_problem(config), config))


class Scripted(InlineExecutor):
    """Works inline, but for what `script(task, how often it was tried before)` gives instead."""

    def __init__(self, script=lambda task, before: None):
        super().__init__()
        self.script = script
        self.tasks = []

    def run(self, function, tasks):
        for index, task in enumerate(tasks):
            outcome = self.script(task, self.tasks.count(task))
            if isinstance(outcome, BaseException):
                raise outcome
            self.tasks.append(task)
            yield index, outcome or function(task)
