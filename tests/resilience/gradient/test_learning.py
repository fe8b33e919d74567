"""The noise that layers take, learned where it is known: the cost is a sum over layers."""

import numpy as np
import pytest

from evoapproxnas.errors import StoreError
from evoapproxnas.resilience.gradient.learning import NoiseLearning

ERRORS = np.array([0.0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1])
ENERGIES = np.array([1.0, 0.8, 0.62, 0.46, 0.32, 0.2])
SENSITIVE = np.array([4.0, 1.0, 0.25])
"""Nats for each unit of relative variance, of three layers."""


class Additive:
    """Costs what noise costs in a network whose layers do not mind each other."""

    def __init__(self, images=200):
        rng = np.random.default_rng(0)
        self.clean = rng.normal(size=(images, 4)).astype(np.float32)
        self.spreads, self.batch_size = np.ones(len(SENSITIVE)), 64
        self.labels = self.clean.argmax(axis=1)

    def gradient(self, logarithms, places, *, seed):
        costs = SENSITIVE * np.exp(logarithms)
        return float(costs.sum()), costs

    def noisy(self, deviations, *, images, seed):
        variance = float(SENSITIVE @ deviations**2)
        drawn = np.random.default_rng(seed + 1).normal(size=self.clean.shape)
        return (self.clean + np.sqrt(variance) * drawn)[:images].astype(np.float32)


def learning(**changes):
    network = Additive()
    layers = np.arange(len(SENSITIVE))
    energies = np.tile(ENERGIES, (len(layers), 1)) / len(layers)
    given = {
        "errors": np.tile(ERRORS, (len(layers), 1)),
        "part_energies": energies,
        "energies": energies,
        "layers": layers,
        "exact_energy": 1.0,
        "seed": 0,
    }
    return NoiseLearning(network, network.labels, **{**given, **changes})


def front(folder=None, *, points=60, max_loss=1.0, told=None):
    told = [] if told is None else told
    return learning().front(
        points=points,
        max_loss=max_loss,
        folder=folder,
        observer=lambda *event: told.append(event),
    )


def test_energy_falls_as_its_price_rises_and_sensitive_layers_take_less_noise():
    rows = front()
    assert len(rows) >= 20
    assert (np.diff([row.price for row in rows]) > 0).all()
    worth = np.array([row.worth for row in rows])
    assert worth[-1] < 0.25
    assert (np.diff(worth) < 0.02).all()
    sigmas = np.array([row.sigmas for row in rows])
    middle = len(rows) // 2
    assert (np.diff(sigmas[middle]) > 0).all()
    genomes = np.array([row.multipliers for row in rows])
    assert (np.diff(genomes, axis=1) >= -1).all()
    assert len(np.unique(genomes, axis=0)) >= 8
    errors = [row.squared_error for row in rows]
    assert errors[-1] > errors[middle] > errors[0]


def test_noise_comes_to_rest_where_it_costs_what_it_saves():
    """The slope of the cost is price x energy lost, unless a circuit is at this very place."""
    for row in front()[10:]:
        logarithms = 2 * np.log(row.sigmas)
        knots = np.log(ERRORS[1:])
        for cost, place in zip(SENSITIVE * np.exp(logarithms), logarithms, strict=True):
            away = np.abs(place - knots).min() > 0.5
            inside = knots[0] < place < knots[-1]
            if away and inside:
                after = int(np.searchsorted(knots, place)) + 1
                rise = (ENERGIES[after - 1] - ENERGIES[after]) / 3 / np.log(10)
                assert cost == pytest.approx(row.price * rise, rel=0.8)


def test_what_was_interrupted_goes_on_alike(tmp_path):
    told = []
    rows = front(tmp_path, told=told)
    assert [event[1] for event in told] == list(range(1, len(rows) + 1))
    assert told[-1][1] == told[-1][2]
    file = tmp_path / "noise-60.csv"
    whole = file.read_text()
    file.write_text("".join(whole.splitlines(keepends=True)[:8]))
    assert front(tmp_path) == rows
    assert file.read_text() == whole
    told.clear()
    assert front(tmp_path, told=told) == rows
    assert told == []
    file.write_text("a,b\n")
    with pytest.raises(StoreError, match="has columns"):
        front(tmp_path)


def test_learning_ends_where_too_much_is_lost():
    rows = front(max_loss=0.05)
    assert rows[-1].loss > 0.1 >= max(row.loss for row in rows[:-1])


def test_where_no_circuit_is_cheaper_there_is_nothing_to_learn():
    exact = np.zeros((len(SENSITIVE), 1))
    only = learning(errors=exact, part_energies=exact + 1, energies=exact + 1, exact_energy=3.0)
    assert only.front(points=9, max_loss=1.0, folder=None, observer=lambda *_: None) == []
