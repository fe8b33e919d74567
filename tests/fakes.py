"""A tiny configuration, and an executor that measures without training."""

import random

from evoapproxnas.config import load_config
from evoapproxnas.executors import Result
from evoapproxnas.executors.envelope import name_of
from evoapproxnas.multipliers import load_library
from evoapproxnas.networks import Network
from evoapproxnas.objectives.energy import energy_nj
from evoapproxnas.problems import make_problem, make_ranking
from evoapproxnas.problems.cnn.tasks import (
    MODEL,
    WEIGHTS,
    EvaluationTask,
    TestTask,
    evaluate,
    numbered,
)
from evoapproxnas.records import Evaluation, Failure, Point, Training
from evoapproxnas.store import create_run
from tests.held_tasks import HeldTasks

ONE_LEVEL = (
    *("assignment.enabled=false", "inheritance.enabled=false", "rungs.passes=[]"),
    "search.operators={}",
)
"""One candidate is one training from scratch and one point."""


def tiny_config(*settings):
    small = ("search.population=6", "search.generations=4", "grid.columns=6", "grid.rows=2")
    return load_config(preset="digits", settings=[*small, *ONE_LEVEL, *settings])


def tiny_run(path, *settings):
    config = tiny_config(*settings)
    return create_run(path, config, make_ranking(make_problem(config), config))


def measured_members(task):
    """Plausible figures of front members, and models of theirs."""
    metrics = {"accuracy": 0.5, "float_accuracy": 0.7, "exact8_accuracy": 0.6}
    number = len(task.read(TestTask).assignments)
    evaluation = Evaluation(metrics, others=(Point(metrics),) * (number - 1))
    return Result.of(evaluation, {numbered(MODEL, i): b"model" for i in range(number)})


class FakeExecutor(HeldTasks):
    """Gives plausible figures at once, in a shuffled order.

    Args:
        seed: decides the order.
        die_after: raise KeyboardInterrupt after so many evaluations.
        fails: decides by task whether it becomes a failure.
    """

    def __init__(self, seed=0, die_after=None, fails=lambda task: False):
        super().__init__()
        self.order = random.Random(seed)
        self.die_after = die_after
        self.die_in_test = False
        self.fails = fails
        self.evaluated = []
        self.closed = False

    def completed(self):
        while self.held:
            batch = list(self.held.items())
            self.order.shuffle(batch)
            for ticket, task in batch:
                if ticket in self.held:
                    outcome = self.work(task)
                    del self.held[ticket]
                    yield ticket, outcome

    def work(self, task):
        if task.kind == name_of(evaluate):
            if self.die_after is not None and len(self.evaluated) >= self.die_after:
                raise KeyboardInterrupt
            work = task.read(EvaluationTask)
            self.evaluated.append(work.name)
            return self.measure(work)
        if self.die_in_test:
            raise KeyboardInterrupt
        return measured_members(task)

    def measure(self, task):
        if self.fails(task):
            return Failure("diverged", "loss is nan")
        network, library = Network.from_dict(task.network), load_library()
        accuracy = 0.2 + 0.7 * (1 - 1 / (1 + energy_nj(network, library)))
        metrics = {"error": 1 - accuracy, "exact8_error": 0.1, "float_error": 0.05}
        training = Training(float(task.passes), "recipe") if task.passes else None
        evaluation = Evaluation(metrics, 0.01, training, network.assignment)
        return Result.of(evaluation, {WEIGHTS: b"weights"} if task.passes else {})

    def close(self):
        super().close()
        self.closed = True


class Recorder:
    """Observer that keeps what it is told."""

    def __init__(self):
        self.outcomes, self.generations, self.messages = [], [], []

    def outcome(self, candidate, outcome, progress):
        self.outcomes.append((candidate, outcome, progress))

    def generation(self, progress, front_size):
        self.generations.append((progress, front_size))

    def message(self, text):
        self.messages.append(text)
