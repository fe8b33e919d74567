"""Circuits matched with learned noise, offered for verification."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from evoapproxnas import seeds
from evoapproxnas.hardware.energy import Price
from evoapproxnas.nsga2_arrays import Genomes
from evoapproxnas.resilience.assign_bench import AssignBench
from evoapproxnas.resilience.energy import energies_pj
from evoapproxnas.resilience.gradient.learning import Learned, NoiseLearning
from evoapproxnas.resilience.gradient.noisy_network import NoisyNetwork
from evoapproxnas.resilience.network import EmulatedNetwork
from evoapproxnas.resilience.proposal import spread_out
from evoapproxnas.resilience.proposer import Known, Proposals
from evoapproxnas.resilience.scores import squared_error
from evoapproxnas.resilience.surrogate import Values, fitted_losses
from evoapproxnas.training.classifier import as_inputs

_IMAGES, _LEAST_IMAGES = 4096, 512
_NUMBERS = 2**26
"""Of these images: fewer of large ones are enough, and are looked at for long."""
_PRICES = 2
"""For each assignment that is to be verified: neighbours often take the same circuits."""


@dataclass(frozen=True, eq=False)
class GradientProposer:
    """Assignments along the learned noise, each once.

    Attributes:
        genomes: positions of multipliers, (n, layers).
        squared_errors: of the scores, predicted by noise, (n,).
        losses: likewise, as shares of training images, (n,).
        energies_pj: (n,).
        images: how many training images predict.
        max_loss: share of images that one may be predicted to lose.
    """

    genomes: Genomes
    squared_errors: Values
    losses: Values
    energies_pj: Values
    images: int
    max_loss: float

    @classmethod
    def learned(cls, bench: AssignBench, network: EmulatedNetwork, price: Price) -> Self:
        """Learn the noise, or read what the folder holds of it.

        Args:
            bench: the model, and what its layers choose from.
            network: on whatever images; it tells layers and the errors of multipliers.
            price: of a multiplication.

        Raises:
            StoreError: if the folder cannot be written or its file is of another kind.
        """
        options, energies = bench.options, energies_pj(network, bench.choices, price)
        images, labels = _training_images(bench)
        errors = network.output_errors(bench.choices)
        counts = [x.multiplications for x in network.layers]
        layers = np.repeat(np.arange(len(counts)), [len(x) for x in counts])
        noisy = NoisyNetwork(
            bench.model,
            list(errors),
            images,
            calibration=bench.calibration,
            exact=bench.exact,
            quantization=options.quantization,
        )
        learning = NoiseLearning(
            noisy,
            labels,
            errors=_as_they_count(bench, network, noisy, np.array(list(errors.values())), layers),
            part_energies=np.array(
                [[n * price(p, c) for c in bench.choices] for x in counts for p, n in x.items()]
            ),
            energies=energies,
            layers=layers,
            exact_energy=float(energies[:, bench.positions[bench.exact.name]].sum()),
            seed=options.seed,
        )
        rows = learning.front(
            points=_PRICES * options.verify,
            max_loss=options.max_loss_points / 100,
            folder=bench.folder,
            observer=lambda text, done, total: bench.tell("noise", text, done, total),
        )
        max_loss = options.max_loss_points / 100
        return cls.of(rows, energies, images=learning.images, max_loss=max_loss)

    @classmethod
    def of(cls, rows: list[Learned], energies: Values, *, images: int, max_loss: float) -> Self:
        """Return what was learned, each assignment once.

        Args:
            rows: in order.
            energies: of layers with multipliers, (layers, multipliers).
            images: how many training images predict.
            max_loss: as a share of images.
        """
        by_genome = {row.multipliers: row for row in reversed(rows)}
        genomes = np.array(list(by_genome), np.int64).reshape(len(by_genome), len(energies))
        figures = [(row.squared_error, row.loss) for row in by_genome.values()]
        errors, losses = np.array(figures, np.float64).reshape(-1, 2).T
        joules = energies[np.arange(len(energies)), genomes].sum(axis=1)
        return cls(genomes, errors, losses, joules, images, max_loss)

    def __call__(self, known: Known, *, number: int, count: int) -> Proposals:
        """Fit losses to what came out, and choose what is spread along energy; see `Proposer`."""
        knots, losses = fitted_losses(
            np.concatenate([self.squared_errors, known.squared_errors]),
            np.concatenate([self.losses, known.losses]),
            np.repeat([self.images, known.images], [len(self.genomes), len(known.genomes)]),
        )
        predicted = np.interp(self.squared_errors, knots, losses)
        seen = {tuple(genome) for genome in known.genomes.tolist()}
        new = np.array([tuple(genome) not in seen for genome in self.genomes.tolist()], bool)
        fresh = np.flatnonzero(new & (predicted <= self.max_loss))
        chosen = fresh[
            spread_out(
                self.genomes[fresh], self.squared_errors[fresh], self.energies_pj[fresh],
                count=count,
            )
        ]  # fmt: skip
        return Proposals(self.genomes[chosen], self.squared_errors[chosen], predicted[chosen])


def _as_they_count(
    bench: AssignBench,
    network: EmulatedNetwork,
    noisy: NoisyNetwork,
    errors: Values,
    layers: npt.NDArray[np.int64],
) -> Values:
    """Scale errors so that noise does to the scores what circuits do; one of each layer tells.

    The errors of a circuit are alike in neighbouring places, so that less of them averages out
    later than of noise: in a ResNet-8 they count twice as much in the first layer, and nine times
    in the last.
    """
    seen, shown = bench.options.sensitivity_images, min(_LEAST_IMAGES, len(noisy.images))
    exact = network.scores({}, last=seen)
    scaled = errors.copy()
    for number in reversed(range(len(network.layers))):
        of_layer = layers == number
        total = errors[of_layer].sum(axis=0)
        if not total.any():
            continue
        wrong = np.flatnonzero(total)
        middle = int(wrong[np.argsort(total[wrong])[len(wrong) // 2]])
        given = {network.layers[number].path: bench.choices[middle]}
        measured = squared_error(network.scores(given, last=seen), exact)
        deviations = np.sqrt(np.where(of_layer, errors[:, middle], 0.0))
        drawn = noisy.noisy(deviations, images=shown, seed=bench.options.seed % 2**31)
        predicted = squared_error(drawn, noisy.clean[:shown])
        if measured > 0 and predicted > 0:
            scaled[of_layer] *= measured / predicted
    return scaled


def _training_images(bench: AssignBench) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Return some images of the training split as the model takes them, and their classes."""
    dataset, options = bench.dataset, bench.options
    rng = seeds.generator(options.seed, 0, 0, "noise")
    fitting = max(_NUMBERS // math.prod(dataset.input_shape), _LEAST_IMAGES)
    count = min(_IMAGES, fitting, len(dataset.x_train))
    places = rng.choice(len(dataset.x_train), count, replace=False)
    images = as_inputs(bench.model, dataset.x_train[places], pixel_scale=options.pixel_scale)
    return images, dataset.y_train[places]
