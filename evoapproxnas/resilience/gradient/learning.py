"""Learning how much noise each layer takes, while the price of energy rises in small steps."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evoapproxnas import seeds
from evoapproxnas.files import Journal
from evoapproxnas.resilience.gradient.curves import (
    LARGEST,
    SMALLEST,
    EnergyCurve,
    Values,
    cheapest,
)
from evoapproxnas.resilience.gradient.noisy_network import NoisyNetwork
from evoapproxnas.resilience.scores import accuracy, squared_error

_BATCH = 128
_STEPS, _MOST_STEPS, _LEAST_STEPS = 1000, 10, 2
"""Of the whole training, where that allows each price no more and no less than the others."""
_RATE, _BETA1, _BETA2, _EPSILON = 0.1, 0.9, 0.99, 1e-12
"""Of Adam (Kingma and Ba, 2015). A step changes the logarithm of a variance by a tenth at most."""
_FIRST_GROWTH, _LEAST_GROWTH, _MOST_GROWTH = 0.1, 0.01, 1.0
_PREDICTED_IMAGES = 512
_BEYOND = 2.0
"""So many times the largest loss is where learning ends: training images lose less than others."""
_LEFT = 1e-3


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What was learned at one price: a row of `noise-POINTS.csv`.

    Attributes:
        number: of the price, from 0.
        price: of all of the exact network's energy, in nats.
        growth: of the price's logarithm, to the next.
        sigmas: standard deviation of each part's noise, relative to its outputs'.
        worth: the energy that such noise is worth, relative to the exact network's.
        cost: of the noise, in nats; see `NoisyNetwork.gradient`.
        multipliers: position of the circuit that each layer takes.
        squared_error: of the scores, by noise as large as these circuits' errors.
        loss: of accuracy by the same, as a share of training images.
        state: of the training: logarithms, first and second moments of Adam, of each part.
    """

    number: int
    price: float
    growth: float
    sigmas: tuple[float, ...]
    worth: float
    cost: float
    multipliers: tuple[int, ...]
    squared_error: float
    loss: float
    state: tuple[float, ...]


COLUMNS = tuple(field.name for field in fields(Learned))
Observer = Callable[[str, int, int], None]
"""Is told what was learned, how many prices are done, and of how many."""


class NoiseLearning:
    """A network with noise, and what circuits its layers can take for it.

    Attributes:
        images: how many of the training images predict what circuits lose.
        most: the energy that no noise is worth, relative to the exact network's.
        least: that of any noise, likewise.
    """

    def __init__(
        self,
        network: NoisyNetwork,
        labels: npt.NDArray[np.int64],
        *,
        errors: Values,
        part_energies: Values,
        energies: Values,
        layers: npt.NDArray[np.int64],
        exact_energy: float,
        seed: int,
    ) -> None:
        """Find what noise is worth.

        Args:
            network: on training images.
            labels: of these.
            errors: variance that each part gets from each circuit, (parts, circuits).
            part_energies: of the parts with each circuit, likewise.
            energies: of the layers, (layers, circuits), in the same unit.
            layers: which layer each part is of, (parts,).
            exact_energy: of all layers without errors.
            seed: decides images and noise.
        """
        self._network, self._labels = network, labels
        self._errors, self._relative = errors, errors / network.spreads[:, None] ** 2
        self._energies, self._layers, self._seed = energies, layers, seed
        shares = part_energies / exact_energy
        self._curves = [EnergyCurve.of(*each) for each in zip(self._relative, shares, strict=True)]
        self._start = np.full(len(layers), SMALLEST)
        self._batch = min(_BATCH, network.batch_size)
        self.images = min(_PREDICTED_IMAGES, len(labels))
        self.most, self.least = self._worth(self._start), self._worth(self._start + np.inf)

    def front(
        self, *, points: int, max_loss: float, folder: Path | None, observer: Observer
    ) -> list[Learned]:
        """Raise the price until too much is lost; go on where it was interrupted.

        Args:
            points: at most so many prices.
            max_loss: what may be lost, as a share of images.
            folder: keeps `noise-POINTS.csv`.
            observer: is told each new price.

        Raises:
            StoreError: if the folder cannot be written or its file is of another kind.
        """
        journal = Journal(folder, f"noise-{points}.csv", COLUMNS)
        rows = journal.records(Learned)
        while not self._ended(rows, points, max_loss):
            row = self._next(rows[-1] if rows else None, points)
            journal.append(asdict(row))
            rows.append(row)
            told = f"energy {row.worth:.3f} of exact 8-bit for {row.cost:.4f} nats"
            total = len(rows) if self._ended(rows, points, max_loss) else points
            observer(told, len(rows), total)
        return rows

    def _ended(self, rows: list[Learned], points: int, max_loss: float) -> bool:
        worth = rows[-1].worth if rows else self.most
        lost = rows[-1].loss if rows else 0.0
        return len(rows) >= points or worth <= self.least + _LEFT or lost > _BEYOND * max_loss

    def _next(self, before: Learned | None, points: int) -> Learned:
        number = 0 if before is None else before.number + 1
        price = self._first_price() if before is None else before.price * np.exp(before.growth)
        state = np.zeros((3, len(self._start)))
        state[0] = self._start
        if before is not None:
            state = np.array(before.state).reshape(3, -1)
        steps = min(max(_STEPS // points, _LEAST_STEPS), _MOST_STEPS)
        state, cost = self._trained(state, price, number * steps, steps)
        worth = self._worth(state[0])
        chosen = cheapest(state[0], self._relative, self._energies, self._layers)
        positions = tuple(int(position) for position in chosen)
        if before is not None and before.multipliers == positions:
            error, loss = before.squared_error, before.loss
        else:
            error, loss = self._predicted(chosen)
        return Learned(
            number=number,
            price=float(price),
            growth=self._growth(before, worth, points),
            sigmas=tuple(np.exp(state[0] / 2).tolist()),
            worth=worth,
            cost=cost,
            multipliers=positions,
            squared_error=error,
            loss=loss,
            state=tuple(state.ravel().tolist()),
        )

    def _first_price(self) -> float:
        """Return the price at which the first of the parts begins to take noise."""
        slopes = self._slopes(self._start)
        _, costs = self._gradient(self._start, -1)
        worth = slopes < 0
        return float(np.maximum(costs[worth], _EPSILON).min() / -slopes[worth].min())

    def _growth(self, before: Learned | None, worth: float, points: int) -> float:
        """Let the price rise so that energy falls by about as much from each to the next."""
        if before is None:
            return _FIRST_GROWTH
        wanted, fallen = (self.most - self.least) / points, before.worth - worth
        factor = np.clip(wanted / max(fallen, wanted / 4), 0.5, 2.0)
        return float(np.clip(before.growth * factor, _LEAST_GROWTH, _MOST_GROWTH))

    def _trained(self, state: Values, price: float, done: int, steps: int) -> tuple[Values, float]:
        """Return the state after some more steps, and the mean cost of the noise in these."""
        logarithms, first, second = state
        costs = []
        for step in range(done + 1, done + steps + 1):
            cost, slopes = self._gradient(logarithms, step)
            slopes = slopes + price * self._slopes(logarithms)
            first = _BETA1 * first + (1 - _BETA1) * slopes
            second = _BETA2 * second + (1 - _BETA2) * slopes**2
            mean, square = first / (1 - _BETA1**step), second / (1 - _BETA2**step)
            moved = logarithms - _RATE * mean / (np.sqrt(square) + _EPSILON)
            logarithms = np.clip(moved, SMALLEST, LARGEST)
            costs.append(cost)
        return np.stack([logarithms, first, second]), float(np.mean(costs))

    def _gradient(self, logarithms: Values, step: int) -> tuple[float, Values]:
        rng = seeds.generator(self._seed, step + 1, 0, "noise")
        images = len(self._labels)
        places = rng.choice(images, min(self._batch, images), replace=False)
        return self._network.gradient(logarithms, places, seed=int(rng.integers(2**31)))

    def _predicted(self, chosen: npt.NDArray[np.int64]) -> tuple[float, float]:
        """Return the squared error and the loss by noise as large as the errors of circuits."""
        network, labels = self._network, self._labels[: self.images]
        variances = self._errors[np.arange(len(self._layers)), chosen[self._layers]]
        noisy = network.noisy(np.sqrt(variances), images=self.images, seed=self._seed % 2**31)
        clean = network.clean[: self.images]
        return squared_error(noisy, clean), accuracy(clean, labels) - accuracy(noisy, labels)

    def _worth(self, logarithms: Values) -> float:
        return sum(c.energy(x) for c, x in zip(self._curves, logarithms, strict=True))

    def _slopes(self, logarithms: Values) -> Values:
        return np.array([c.slope(x) for c, x in zip(self._curves, logarithms, strict=True)])
