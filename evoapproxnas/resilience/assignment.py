"""A multiplier for each layer of a trained network: a front of accuracy against energy.

Each layer is measured with each multiplier once; a surrogate made of that is searched by NSGA-II;
what it thinks best is emulated, and it learns from what came out. Mrazek et al., "ALWANN",
ICCAD 2019, emulate every candidate instead.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from evoapproxnas import seeds
from evoapproxnas.errors import ConfigError
from evoapproxnas.multipliers import Multiplier
from evoapproxnas.resilience.assignment_records import (
    COLUMNS,
    Assigned,
    AssignOptions,
    AssignResult,
    mark_front,
    rank_correlations,
)
from evoapproxnas.resilience.circuits import choose_multipliers, distinct, exact_multiplier
from evoapproxnas.resilience.evolution import Genomes
from evoapproxnas.resilience.journal import Journal, read_record, study_folder
from evoapproxnas.resilience.measured import identity, labelled, measure_ranges
from evoapproxnas.resilience.network import EmulatedNetwork, Quantization, energy_pj
from evoapproxnas.resilience.proposal import known_front, propose
from evoapproxnas.resilience.scores import accuracy, scores
from evoapproxnas.resilience.sensitivity import measure_sensitivities
from evoapproxnas.resilience.surrogate import AdditiveScores, LossModel, Values
from evoapproxnas.training import Dataset
from evoapproxnas.training.classifier import check_classifier

Observer = Callable[[str, str, int, int], None]
"""Is told the stage, what was done, how much of the stage is done, and of how much."""


def assign(
    model: keras.Model,
    dataset: Dataset,
    *,
    options: AssignOptions | None = None,
    folder: Path | None = None,
    observer: Observer | None = None,
) -> AssignResult:
    """Search assignments of multipliers to the convolutions of a trained classifier.

    The validation split decides; the test split is measured for the front alone, at the end.
    Without a time limit, the same seed gives the same result, interrupted or not.

    Args:
        model: a functional or Sequential classifier that gives logits or probabilities.
        dataset: what it was trained on.
        options: None is the defaults.
        folder: remembers all measurements, so that an interrupted search goes on, and gets
            `front.csv` and `assignments.json`.
        observer: is told what happens.

    Raises:
        DatasetError: if model and data set do not fit, or have fewer images than asked for.
        QuantizationError: if there is nothing in the model to choose for.
        UnknownNameError: for a multiplier or pattern that matches nothing.
        ConfigError: for multipliers of both kinds.
        StoreError: if the folder is about something else, or cannot be written.
    """
    options = options or AssignOptions()
    check_classifier(model, dataset)
    multipliers = _multipliers(options)
    subject = {
        "multipliers": {m.name: m.digest[:16] for m in multipliers},
        "weight_scheme": options.weight_scheme,
        "error_correction": options.error_correction,
        "tune_weights": options.tune_weights,
        "images": options.images,
        "sensitivity_images": options.sensitivity_images,
        "calibration_images": options.calibration_images,
        "test_images": options.test_images,
        "pixel_scale": options.pixel_scale,
        "include_dense": options.include_dense,
        "seed": options.seed,
    }
    with study_folder(folder, identity("assign", model, dataset, subject)):
        search = _Search(model, dataset, options, multipliers, folder, observer)
        result = search.run()
        if folder is not None:
            result.write(folder)
        return result


def _multipliers(options: AssignOptions) -> tuple[Multiplier, ...]:
    """Return the choices of a layer by falling power, the exact multiplier among them."""
    signed = {None: None, "symmetric": True}.get(options.weight_scheme)
    if options.multipliers == ("all",) and signed is None:
        signed = False
    chosen = choose_multipliers(options.multipliers, signed=signed)
    if len({m.signed for m in chosen}) > 1:
        raise ConfigError(
            "the multipliers to choose from are signed and unsigned ones, but a network is "
            "quantized for one kind; choose 'mul8u_*' or 'mul8s_*'"
        )
    return distinct([exact_multiplier(signed=chosen[0].signed), *chosen])


class _Search:
    """The state of one search."""

    def __init__(
        self,
        model: keras.Model,
        dataset: Dataset,
        options: AssignOptions,
        multipliers: tuple[Multiplier, ...],
        folder: Path | None,
        observer: Observer | None,
    ) -> None:
        self._start = time.monotonic()
        self._model, self._dataset, self._options = model, dataset, options
        self._multipliers, self._folder = multipliers, folder
        self._tell = observer or (lambda *_: None)
        self._by_name = {m.name: i for i, m in enumerate(multipliers)}
        self._exact = exact_multiplier(signed=multipliers[0].signed)
        self._calibration = measure_ranges(
            model, dataset, images=options.calibration_images, pixel_scale=options.pixel_scale
        )
        self._paths: tuple[str, ...] = ()
        self._journal = Journal(folder, "verified.csv", COLUMNS)
        self._verified = [read_record(Assigned, row) for row in self._journal.rows]

    def run(self) -> AssignResult:
        """Measure, search, verify, and test the front."""
        options = self._options
        data = labelled(
            self._dataset, "validation", images=options.images, pixel_scale=options.pixel_scale
        )
        network = self._network(data.images)
        self._paths = tuple(layer.path for layer in network.layers)
        count = min(options.sensitivity_images, len(data.labels))
        sensitivities = measure_sensitivities(
            network,
            self._multipliers,
            data.labels[:count],
            folder=self._folder,
            observer=lambda text, done, total: self._tell("sensitivity", text, done, total),
        )
        additive = AdditiveScores(sensitivities, images=count)
        self._search(network, additive, data.labels)
        stays_exact = tuple(f"{layer.path}: {layer.detail}" for layer in network.stays_exact)
        genomes = self._genomes(self._verified)
        guessed = additive.features(genomes).error
        del network
        return self._result(guessed, stays_exact)

    def _search(
        self, network: EmulatedNetwork, additive: AdditiveScores, labels: npt.NDArray[np.int64]
    ) -> None:
        """Let the surrogate propose, emulate, and let it learn."""
        options = self._options
        energies = np.array(
            [[x.multiplications * energy_pj(m) for m in self._multipliers] for x in network.layers]
        )
        exact = np.full((1, len(network.layers)), self._by_name[self._exact.name], np.int64)
        seen = [self._verify(network, exact[0], 0.0, 0, labels)]
        for number in range(1, options.rounds + 1):
            known = self._genomes(seen)
            losses = np.array([a.loss_points for a in seen]) / 100
            surrogate = LossModel(additive, noise=float(np.sqrt(0.1 / len(labels))))
            surrogate.fit(known, losses)
            left = options.verify - len(seen)
            joules = np.array([a.energy_nj for a in seen])
            genomes, predicted = propose(
                surrogate,
                energies,
                known,
                known_front(known, losses, joules),
                count=-(-left // (options.rounds + 1 - number)),
                max_loss=options.max_loss_points / 100,
                size=options.evolution,
                rng=seeds.generator(options.seed, number, 0, "assignment"),
            )
            for genome, loss in zip(genomes, predicted, strict=True):
                if self._out_of_time():
                    return
                seen.append(self._verify(network, genome, float(loss), number, labels))

    def _verify(
        self,
        network: EmulatedNetwork,
        genome: npt.NDArray[np.int64],
        predicted: float,
        number: int,
        labels: npt.NDArray[np.int64],
    ) -> Assigned:
        """Return a verified assignment, known or emulated now."""
        names = {
            x.path: self._multipliers[i].name for x, i in zip(network.layers, genome, strict=True)
        } | dict.fromkeys(network.fixed, self._exact.name)
        known = next((a for a in self._verified if a.multipliers == names), None)
        if known is not None:
            return known
        start = time.monotonic()
        assignment = self._assignment(names)
        accurate = accuracy(scores(network.outputs(assignment)), labels)
        energy = network.energy_nj(assignment)
        exact = self._verified[0].accuracy if self._verified else accurate
        assigned = Assigned(
            id=f"a{len(self._verified):03d}",
            round=number,
            multipliers=names,
            predicted_loss_points=100 * predicted,
            accuracy=accurate,
            loss_points=100 * (exact - accurate),
            energy_nj=energy,
            relative_energy=energy / network.energy_nj({}),
            seconds=time.monotonic() - start,
        )
        self._journal.append(assigned.text())
        self._verified.append(assigned)
        self._tell("verification", str(assigned), len(self._verified), self._options.verify)
        return assigned

    def _result(self, guessed: Values, stays_exact: tuple[str, ...]) -> AssignResult:
        found = self._tested(mark_front(self._verified))
        searched = [a for a in found if a.round]
        predicted, additive = rank_correlations(found, guessed)
        seconds = sum(a.seconds for a in searched)
        return AssignResult(
            verified=tuple(found),
            rank_correlation=predicted,
            additive_rank_correlation=additive,
            evaluations_per_minute=60 * len(searched) / seconds if seconds else float("nan"),
            stays_exact=stays_exact,
        )

    def _tested(self, verified: list[Assigned]) -> list[Assigned]:
        """Measure the front on the test split."""
        options = self._options
        journal = Journal(self._folder, "test.csv", ("id", "accuracy"))
        known = {row["id"]: float(row["accuracy"]) for row in journal.rows}
        front = sorted((a for a in verified if a.front), key=lambda a: self._genome(a))
        wanted = [verified[0], *(a for a in front if a is not verified[0])]
        network = None
        for number, assigned in enumerate(wanted, start=1):
            if assigned.id not in known:
                data = labelled(self._dataset, "test", images=options.test_images,
                                pixel_scale=options.pixel_scale)  # fmt: skip
                network = network or self._network(data.images)
                outputs = network.outputs(self._assignment(assigned.multipliers))
                known[assigned.id] = accuracy(scores(outputs), data.labels)
                journal.append({"id": assigned.id, "accuracy": known[assigned.id]})
            self._tell("test", assigned.id, number, len(wanted))
        exact = known[verified[0].id]
        return [
            replace(a, test_accuracy=known[a.id], test_loss_points=100 * (exact - known[a.id]))
            if a.front or a is verified[0]
            else a
            for a in verified
        ]

    def _network(self, images: npt.NDArray[Any]) -> EmulatedNetwork:
        options = self._options
        return EmulatedNetwork(
            self._model,
            self._calibration,
            images,
            exact=self._exact,
            quantization=Quantization(
                weight_scheme=options.weight_scheme,
                error_correction=options.error_correction,
                tune_weights=options.tune_weights,
            ),
            include_dense=options.include_dense,
        )

    def _assignment(self, names: Mapping[str, str]) -> dict[str, Multiplier]:
        return {path: self._multipliers[self._by_name[name]] for path, name in names.items()}

    def _genome(self, assigned: Assigned) -> list[int]:
        return [self._by_name[assigned.multipliers[path]] for path in self._paths]

    def _genomes(self, verified: Sequence[Assigned]) -> Genomes:
        return np.array([self._genome(a) for a in verified], np.int64)

    def _out_of_time(self) -> bool:
        limit = self._options.time_limit_seconds
        return limit is not None and time.monotonic() - self._start > limit
