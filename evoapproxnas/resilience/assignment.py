"""A multiplier for each layer of a trained network: a front of accuracy against energy.

A method proposes assignments, and what it thinks best is emulated. By `surrogate`, each layer is
measured with each multiplier once, and a surrogate made of that is searched by NSGA-II; by
`gradient`, the noise that each layer takes is learned and matched with multipliers. Mrazek et al.,
"ALWANN", ICCAD 2019, emulate every candidate instead.
"""

import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from evoapproxnas.arguments import check_function
from evoapproxnas.errors import ConfigError
from evoapproxnas.files import study_folder
from evoapproxnas.hardware.energy import Price
from evoapproxnas.multipliers import MultiplierChoice
from evoapproxnas.paths import as_path
from evoapproxnas.resilience.assign_bench import AssignBench, Observer
from evoapproxnas.resilience.assignment_records import (
    AssignOptions,
    AssignResult,
    mark_front,
    rank_correlation,
)
from evoapproxnas.resilience.choices import (
    check_powers,
    choose_multipliers,
    distinct,
    narrow_choices,
)
from evoapproxnas.resilience.energy import check_operands, energies_pj, price_under
from evoapproxnas.resilience.given import as_model, warn_of_pixel_scale
from evoapproxnas.resilience.gradient.proposer import GradientProposer
from evoapproxnas.resilience.group_sensitivity import with_groups
from evoapproxnas.resilience.measured import identity
from evoapproxnas.resilience.network import EmulatedNetwork
from evoapproxnas.resilience.options import quantization_subject, with_changes
from evoapproxnas.resilience.proposer import Proposer, SurrogateProposer
from evoapproxnas.resilience.sensitivity import measure_sensitivities
from evoapproxnas.resilience.verification import Verification, tested
from evoapproxnas.training.classifier import check_classifier
from evoapproxnas.training.datasets.given import as_dataset


def assign(
    model: keras.Model | str | Path,
    data: Any,
    *,
    options: AssignOptions | None = None,
    folder: str | Path | None = None,
    observer: Observer | None = None,
    **changes: Any,
) -> AssignResult:
    """Search assignments of multipliers to the convolutions of a trained classifier.

    The validation split decides; the test split is measured for the front alone, at the end.
    Without a time limit, the same seed gives the same result, interrupted or not.

    Args:
        model: a functional or Sequential classifier that gives logits or probabilities, or the
            path of a saved one. Of two classes it may give one.
        data: what it was trained on: a name, an .npz file, arrays or a `Dataset`; see
            `as_dataset`.
        options: None is the defaults.
        folder: remembers all measurements, so that an interrupted search goes on, and gets
            `front.csv` and `assignments.json`.
        observer: is told what happens.
        **changes: of fields of the options and of their quantization, such as `verify=50`,
            `per_channel=True`.

    Returns:
        The assignments that were emulated, those on the front marked.

    Raises:
        DatasetError: if model and data set do not fit, or have fewer images than asked for.
        QuantizationError: if there is nothing in the model to choose for.
        UnknownNameError: for a multiplier or pattern that matches nothing.
        ConfigError: for multipliers of both kinds, other operands, or unknown options.
        MultiplierError: for one without power, or without circuit if energy counts under the
            network's operands.
        StoreError: if the folder is about something else, or cannot be written.
    """
    check_function(observer=observer)
    options = with_changes(options or AssignOptions(), changes)
    model, dataset = as_model(model), as_dataset(data)
    check_classifier(model, dataset)
    choices = layer_choices(options)
    check_operands(options.operands, choices)
    warn_of_pixel_scale(model, dataset, pixel_scale=options.pixel_scale)
    folder = None if folder is None else as_path(folder, of="the study's folder")
    subject = None
    if folder is not None:
        subject = identity("assign", model, dataset, _subject(options, choices))
    with study_folder(folder, subject or {}):
        tell = observer or (lambda *_: None)
        result = _search(AssignBench(model, dataset, options, choices, folder, tell))
        if folder is not None:
            result.write(folder)
        return result


def layer_choices(options: AssignOptions) -> tuple[MultiplierChoice, ...]:
    """Return what a layer chooses from by falling power, exact 8-bit among it.

    Raises:
        ConfigError: for multipliers of both kinds.
        MultiplierError: for one without power.
        UnknownNameError: for a multiplier or pattern that matches nothing.
    """
    signed = options.quantization.signed
    if options.multipliers == ("all",) and signed is None:
        signed = False
    chosen = choose_multipliers(
        options.multipliers, signed=signed, widths=options.quantization.widths
    )
    if len({choice.multiplier.signed for choice in chosen}) > 1:
        raise ConfigError(
            "the multipliers to choose from are signed and unsigned ones, but a network is "
            "quantized for one kind; choose 'mul8u_*' or 'mul8s_*'"
        )
    kind = chosen[0].multiplier.signed
    narrow = narrow_choices(options.bits, signed=kind)
    choices = distinct([MultiplierChoice.exact(signed=kind), *narrow, *chosen])
    check_powers(choices)
    narrower = [choice.name for choice in choices if choice.widths != (8, 8)]
    if options.groups > 1 and narrower:
        raise ConfigError(
            f"the groups of a layer share its codes, so with groups={options.groups} multipliers "
            f"have 8-bit operands, got {', '.join(narrower[:3])}; leave these out, or use groups=1"
        )
    return choices


def _subject(options: AssignOptions, choices: tuple[MultiplierChoice, ...]) -> dict[str, Any]:
    """Return what all measurements depend on."""
    keys = ("images", "sensitivity_images", "calibration_images", "test_images", "pixel_scale",
            "include_dense", "operands", "seed")  # fmt: skip
    quantization = options.quantization
    # Studies of versions that knew one method go on.
    method = {} if options.method == "surrogate" else {"method": options.method}
    return {
        **method,
        "multipliers": {c.name: c.multiplier.digest[:16] for c in choices},
        "weight_scheme": quantization.weight_scheme,
        "error_correction": quantization.error_correction,
        "tune_weights": quantization.tune_weights,
        **{key: getattr(options, key) for key in keys},
        **({"groups": options.groups} if options.groups > 1 else {}),
        **quantization_subject(quantization),
    }


def _search(bench: AssignBench) -> AssignResult:
    """Measure single layers, search and verify in rounds, and test the front."""
    start = time.monotonic()
    options = bench.options
    data = bench.data("validation")
    network = bench.network(data.images)
    price = price_under(options.operands, network, bench.folder)
    proposer = _proposer(bench, network, data.labels, price)
    verification = Verification(bench, network, data.labels, price)
    _verify_in_rounds(bench, proposer, verification, start)
    stays_exact = tuple(f"{layer.path}: {layer.detail}" for layer in network.stays_exact)
    marked = mark_front(verification.verified)
    del network, verification  # their memory is for the test images
    verified = tested(bench, marked)
    searched = [a.seconds for a in verified if a.round]
    return AssignResult(
        verified=verified,
        rank_correlation=rank_correlation(verified),
        evaluations_per_minute=60 / float(np.mean(searched)) if searched else float("nan"),
        stays_exact=stays_exact,
    )


def _proposer(
    bench: AssignBench, network: EmulatedNetwork, labels: npt.NDArray[np.int64], price: Price
) -> Proposer:
    """Return the method that is asked for, which has measured or learned what it needs."""
    options = bench.options
    if options.method == "gradient":
        return GradientProposer.learned(bench, network, price)
    sensitivities = measure_sensitivities(
        network,
        bench.choices,
        labels[: options.sensitivity_images],
        folder=bench.folder,
        observer=lambda text, done, total: bench.tell("sensitivity", text, done, total),
    )
    if options.groups > 1:
        sensitivities = with_groups(
            network,
            sensitivities,
            bench.choices,
            folder=bench.folder,
            observer=lambda text, done, total: bench.tell("groups", text, done, total),
        )
    return SurrogateProposer(sensitivities, energies_pj(network, bench.choices, price), options)


def _verify_in_rounds(
    bench: AssignBench, proposer: Proposer, verification: Verification, start: float
) -> None:
    """Let the method propose, emulate, and tell it what came out.

    Args:
        bench: the model on its images.
        proposer: the method.
        verification: emulates and remembers.
        start: of the search, by the monotonic clock.
    """
    options = bench.options
    seen = [verification.verify(verification.exact)]
    for number in range(1, options.rounds + 1):
        proposed = proposer(
            verification.known(seen),
            number=number,
            count=-(-(options.verify - len(seen)) // (options.rounds + 1 - number)),
        )
        predictions = zip(proposed.genomes, proposed.squared_errors, proposed.losses, strict=True)
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
