"""A multiplier for each layer of a trained network: a front of accuracy against energy.

Each layer is measured with each multiplier once; a surrogate made of that is searched by NSGA-II,
and what it thinks best is emulated. Mrazek et al., "ALWANN", ICCAD 2019, emulate every candidate
instead.
"""

import time
from pathlib import Path

import keras
import numpy as np

from evoapproxnas import seeds
from evoapproxnas.errors import ConfigError
from evoapproxnas.multipliers import Multiplier
from evoapproxnas.resilience.assignment_records import (
    AssignOptions,
    AssignResult,
    mark_front,
    rank_correlation,
)
from evoapproxnas.resilience.circuits import choose_multipliers, distinct, exact_multiplier
from evoapproxnas.resilience.energy import (
    check_operands,
    energies_pj,
    price_under,
)
from evoapproxnas.resilience.measured import identity
from evoapproxnas.resilience.proposal import known_front, propose
from evoapproxnas.resilience.sensitivity import Sensitivities, measure_sensitivities
from evoapproxnas.resilience.study import Observer, Study
from evoapproxnas.resilience.study_folder import study_folder
from evoapproxnas.resilience.surrogate import Surrogate, Values
from evoapproxnas.resilience.verification import Verification, tested
from evoapproxnas.training import Dataset
from evoapproxnas.training.classifier import check_classifier


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
        ConfigError: for multipliers of both kinds, or other operands.
        MultiplierError: for one without circuit, if energy counts under the network's operands.
        StoreError: if the folder is about something else, or cannot be written.
    """
    options = options or AssignOptions()
    check_classifier(model, dataset)
    multipliers = _multipliers(options)
    check_operands(options.operands, multipliers)
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
        "operands": options.operands,
        "seed": options.seed,
    }
    with study_folder(folder, identity("assign", model, dataset, subject)):
        tell = observer or (lambda *_: None)
        result = _search(Study(model, dataset, options, multipliers, folder, tell))
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


def _search(study: Study) -> AssignResult:
    """Measure single layers, search and verify in rounds, and test the front."""
    start = time.monotonic()
    options = study.options
    data = study.data("validation")
    network = study.network(data.images)
    sensitivities = measure_sensitivities(
        network,
        study.multipliers,
        data.labels[: options.sensitivity_images],
        folder=study.folder,
        observer=lambda text, done, total: study.tell("sensitivity", text, done, total),
    )
    price = price_under(options.operands, network, study.folder)
    energies = energies_pj(network, study.multipliers, price)
    verification = Verification(study, network, data.labels, price)
    _verify_in_rounds(study, energies, sensitivities, verification, start)
    stays_exact = tuple(f"{layer.path}: {layer.detail}" for layer in network.stays_exact)
    marked = mark_front(verification.verified)
    del network, verification  # their memory is for the test images
    verified = tested(study, marked)
    searched = [a.seconds for a in verified if a.round]
    return AssignResult(
        verified=verified,
        rank_correlation=rank_correlation(verified),
        evaluations_per_minute=60 / float(np.mean(searched)) if searched else float("nan"),
        stays_exact=stays_exact,
    )


def _verify_in_rounds(
    study: Study,
    energies: Values,
    sensitivities: Sensitivities,
    verification: Verification,
    start: float,
) -> None:
    """Let the surrogate propose, emulate, and fit its losses to what came out.

    Args:
        study: what this is about.
        energies: of layers with multipliers, (layers, multipliers).
        sensitivities: likewise.
        verification: emulates and remembers.
        start: of the search, by the monotonic clock.
    """
    options = study.options
    exact = np.full(len(energies), study.positions[study.exact.name], np.int64)
    seen = [verification.verify(exact)]
    for number in range(1, options.rounds + 1):
        known = verification.genomes(seen)
        losses = np.array([a.loss_points for a in seen]) / 100
        joules = np.array([a.energy_nj for a in seen])
        surrogate = Surrogate.fitted(sensitivities, known, losses, images=verification.images)
        genomes = propose(
            surrogate,
            energies,
            known,
            known_front(known, losses, joules),
            count=-(-(options.verify - len(seen)) // (options.rounds + 1 - number)),
            max_loss=options.max_loss_points / 100,
            size=options.evolution,
            rng=seeds.generator(options.seed, number, 0, "assignment"),
        )
        errors = surrogate.squared_error(genomes)
        predictions = zip(genomes, errors, surrogate.loss(errors), strict=True)
        for genome, error, loss in predictions:
            limit = options.time_limit_seconds
            if limit is not None and time.monotonic() - start > limit:
                return
            seen.append(
                verification.verify(
                    genome,
                    round_number=number,
                    squared_error=float(error),
                    predicted_loss=float(loss),
                )
            )
