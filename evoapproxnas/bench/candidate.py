"""What a candidate of a campaign costs, next to plain Keras training of the same network.

    python -m evoapproxnas bench candidate

Figures are processor time (user and system) of this process, all threads together, so that other
jobs on the machine distort them little.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from time import process_time
from typing import Any

import keras

from evoapproxnas import seeds
from evoapproxnas.config import RunConfig
from evoapproxnas.executors import Task
from evoapproxnas.networks import Network
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.problems.cnn.population import initial_candidates, make_space
from evoapproxnas.problems.cnn.tasks import EvaluationTask, evaluate
from evoapproxnas.records import Candidate
from evoapproxnas.training import load_dataset

_MOMENTUM = 0.9


def bench_candidates(config: RunConfig, *, networks: int) -> Iterator[dict[str, Any]]:
    """Measure candidates as a campaign of this configuration draws them; yield one row for each.

    Both sides take turns, in this process, after one network that warms up what is done once:
    imports, compiled loops, the data set. Multipliers that a candidate is the first to use are
    read, and their tables factorized, at its expense, as in a campaign.

    Args:
        config: of the campaign; gives the space, the data, training and quantization.
        networks: how many are measured.

    Yields:
        `network`, `macs`, `parameters`, the processor time `candidate_s` of everything a worker
        does for a candidate (see `problems.cnn.evaluation`), `keras_s` of Keras' compile, fit and
        evaluate of the same network with the same epochs and batch, and their `ratio`.
    """
    drawn = initial_candidates(make_space(config), config.seed, 0, networks + 1)
    for place, candidate in enumerate(drawn):
        task = _task(candidate, config)
        own = _processor_seconds(partial(evaluate, Task.of(evaluate, task)))
        plain = _processor_seconds(_plain_training(task))
        if place:
            network = Network.from_dict(task.network)
            yield {
                "network": task.name,
                "macs": network.macs,
                "parameters": network.parameters,
                "candidate_s": own,
                "keras_s": plain,
                "ratio": own / plain,
            }


def _task(candidate: Candidate, config: RunConfig) -> EvaluationTask:
    place = candidate.id
    seed = seeds.integer(config.seed, place.generation, place.index, "training")
    passes = config.training.epochs
    return EvaluationTask(str(place), json.loads(candidate.network), config, seed, passes)


def _plain_training(task: EvaluationTask) -> Callable[[], object]:
    """Return the yardstick; building the network and clearing up afterwards are not part of it."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(task.seed % 2**32)  # deterministic shuffling demands one
    config, data = task.config.training, load_dataset(task.config.data)
    model = build_model(
        Network.from_dict(task.network), mean=data.mean, variance=data.variance, seed=task.seed
    )

    def train() -> None:
        model.compile(
            keras.optimizers.SGD(config.learning_rate, momentum=_MOMENTUM, nesterov=True),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        sizes = {"batch_size": config.batch_size, "verbose": 0}
        model.fit(data.x_train, data.y_train, epochs=config.epochs, **sizes)
        model.evaluate(data.x_val, data.y_val, **sizes)

    return train


def _processor_seconds(call: Callable[[], object]) -> float:
    start = process_time()
    call()
    return process_time() - start
