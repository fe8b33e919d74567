"""A front of assignments of a trained network, from few emulations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from evoapproxnas import seeds
from evoapproxnas.multipliers import MultiplierChoice
from evoapproxnas.nsga2_arrays import Genomes
from evoapproxnas.pareto import non_dominated
from evoapproxnas.quantization import Quantization
from evoapproxnas.resilience.choices import check_powers, distinct
from evoapproxnas.resilience.energy import energies_pj, energy_nj, price_under
from evoapproxnas.resilience.network import EmulatedNetwork
from evoapproxnas.resilience.quick.losses import NoiseLoss
from evoapproxnas.resilience.quick.promise import most_promising
from evoapproxnas.resilience.quick.records import QuickFront, QuickOptions, QuickPoint
from evoapproxnas.resilience.quick.sums import Values, front_of_sums
from evoapproxnas.resilience.scores import accuracy, squared_error

Labels = npt.NDArray[np.int64]


def quick_front(
    model: keras.Model,
    choices: Sequence[MultiplierChoice],
    *,
    calibration_images: npt.NDArray[Any],
    images: npt.NDArray[Any],
    labels: Labels,
    quantization: Quantization | None = None,
    options: QuickOptions | None = None,
    known: Sequence[Mapping[str, str]] = (),
    seed: int = 0,
) -> QuickFront:
    """Search assignments of multipliers to the convolutions of a trained classifier.

    Dense layers stay exact. Nothing is trained, the model is left alone, and the same arguments
    give the same front.

    Args:
        model: functional or Sequential, gives logits or probabilities.
        choices: what a layer chooses from, of one signedness, as `spread_choices` gives them;
            exact 8-bit need not be among them.
        calibration_images: training images that fix the ranges, as the model takes them, shape
            (n, height, width, channels).
        images: validation images, likewise.
        labels: of these.
        quantization: of all layers, but for the widths of what they choose; None is the default.
        options: how much is measured; None is the default.
        known: assignments that are verified as well, such as those of a parent: text of a choice
            by layer. Layers that they do not name are exact, and names of others are let be.
        seed: decides the noise by which losses are predicted.

    Returns:
        The front, and what it was chosen from.

    Raises:
        QuantizationError: if no layer can be emulated or a range has no width.
        MultiplierError: for a choice without power.
        UnknownNameError: for a known choice that no library has.
    """
    quantization, options = quantization or Quantization(), options or QuickOptions()
    signed = bool(choices[0].multiplier.signed if choices else quantization.signed)
    exact = MultiplierChoice.exact(signed=signed)
    images, labels = images[: options.images], labels[: options.images]
    network = EmulatedNetwork(
        model,
        calibration_images,
        images,
        exact=exact,
        quantization=quantization,
        may_be_fixed=True,
        cache_bytes=options.cache_bytes,
    )
    given = [_read(assignment, network) for assignment in known]
    others = [choice for assignment in given for choice in assignment.values()]
    choices = distinct([exact, *choices, *others])
    check_powers(choices)
    search = _Search(network, choices, labels, options)
    if search.exact_accuracy >= options.least_accuracy:
        search.verify(search.genomes(given))
        if network.layers and len(choices) > 1:
            search.in_rounds(seed)
    stays_exact = tuple(f"{layer.path}: {layer.detail}" for layer in network.stays_exact)
    return QuickFront(points=search.points(), stays_exact=stays_exact)


def _read(assignment: Mapping[str, str], network: EmulatedNetwork) -> dict[str, MultiplierChoice]:
    widths = network.quantization.widths
    return {
        layer.path: MultiplierChoice.of(assignment[layer.path], widths=widths)
        for layer in network.layers
        if layer.path in assignment
    }


@dataclass(frozen=True)
class _Verified:
    """What the emulation of an assignment gave; `squared_error` is that of the scores."""

    accuracy: float
    squared_error: float
    energy_nj: float


class _Search:
    """Verified assignments of a network, and how more are found."""

    def __init__(
        self,
        network: EmulatedNetwork,
        choices: tuple[MultiplierChoice, ...],
        labels: Labels,
        options: QuickOptions,
    ) -> None:
        """Verify exact 8-bit.

        Args:
            network: on all images.
            choices: of a layer by falling power, exact 8-bit among them.
            labels: of the images.
            options: how much is measured.
        """
        self._network, self._choices = network, choices
        self._labels, self._options = labels, options
        self._positions = {choice.key: i for i, choice in enumerate(choices)}
        self._exact = np.full(len(network.layers), self._positions[network.exact.key])
        self._scores = network.scores({})
        self._verified: dict[tuple[int, ...], _Verified] = {}
        self.verify(self._exact[np.newaxis])

    @property
    def exact_accuracy(self) -> float:
        """Of exact 8-bit, 0..1."""
        return self._verified[tuple(self._exact.tolist())].accuracy

    def genomes(self, assignments: Sequence[Mapping[str, MultiplierChoice]]) -> Genomes:
        """Return positions of choices, (n, layers)."""
        exact = self._network.exact
        rows = [
            [self._positions[a.get(x.path, exact).key] for x in self._network.layers]
            for a in assignments
        ]
        return np.array(rows, np.int64).reshape(len(rows), len(self._network.layers))

    def verify(self, genomes: Genomes) -> None:
        """Emulate assignments that are not known yet, in an order in which they share most."""
        fresh = [g for g in dict.fromkeys(map(tuple, genomes.tolist())) if g not in self._verified]
        measured = {genome: self._measured(genome) for genome in sorted(fresh)}
        self._verified |= {genome: measured[genome] for genome in fresh}

    def _measured(self, genome: tuple[int, ...]) -> _Verified:
        assignment = self._assignment(genome)
        scores = self._network.scores(assignment)
        return _Verified(
            accuracy(scores, self._labels),
            squared_error(scores, self._scores),
            energy_nj(self._network, assignment, price_under("uniform", self._network)),
        )

    def _assignment(self, genome: Sequence[int]) -> dict[str, MultiplierChoice]:
        layers = self._network.layers
        return {x.path: self._choices[i] for x, i in zip(layers, genome, strict=True)}

    def in_rounds(self, seed: int) -> None:
        """Predict all assignments, verify the most promising ones, fit and go on."""
        energies = energies_pj(self._network, self._choices, price_under("uniform", self._network))
        errors = self._predicted_errors()
        front = front_of_sums(errors, energies)
        layers = np.arange(len(errors))
        sums, joules = errors[layers, front].sum(axis=1), energies[layers, front].sum(axis=1)
        rng = seeds.generator(seed, 0, 0, "quick front")
        loss = NoiseLoss.of(self._scores, self._labels, rng)
        for left in range(self._options.rounds, 0, -1):
            missing = max(self._options.verify - len(self._verified), 0)
            known = np.array(list(self._verified))
            values = list(self._verified.values())
            losses = values[0].accuracy - np.array([v.accuracy for v in values])
            measured = np.array([v.squared_error for v in values])
            loss = loss.fitted(errors[layers, known].sum(axis=1), measured, losses)
            chosen = most_promising(
                loss(sums),
                joules,
                losses,
                energies[layers, known].sum(axis=1),
                count=-(-missing // left),
                max_loss=self._options.max_loss_points / 100,
            )
            self.verify(front[chosen])

    def _predicted_errors(self) -> Values:
        """Return the squared error of the scores by each layer alone, (layers, choices).

        One choice, that of a middle error, is measured in each layer, the last layers first.
        """
        network, last = self._network, min(self._options.sensitivity_images, len(self._labels))
        network.scores({}, last=last)
        kept = network.kept_errors(self._choices)
        errors = np.zeros_like(kept)
        for i in reversed(range(len(kept))):
            wrong = np.flatnonzero(kept[i])
            if len(wrong):
                middle = wrong[np.argsort(kept[i][wrong])[len(wrong) // 2]]
                scores = network.scores({network.layers[i].path: self._choices[middle]}, last=last)
                measured = squared_error(scores, self._scores[:last])
                errors[i] = kept[i] * (measured / kept[i][middle])
        return errors

    def points(self) -> tuple[QuickPoint, ...]:
        """Return what was verified, exact 8-bit first."""
        values = list(self._verified.values())
        front = non_dominated([[-v.accuracy, v.energy_nj] for v in values])
        return tuple(
            QuickPoint(
                multipliers=self._names(genome),
                accuracy=value.accuracy,
                energy_nj=value.energy_nj,
                relative_energy=value.energy_nj / values[0].energy_nj,
                front=bool(best),
            )
            for (genome, value), best in zip(self._verified.items(), front, strict=True)
        )

    def _names(self, genome: tuple[int, ...]) -> dict[str, str]:
        whole = self._network.whole(self._assignment(genome))
        return {path: choice.name for path, choice in whole.items()}
