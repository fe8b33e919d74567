"""Every multiplier in every convolution of a trained network: accuracy against energy."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import keras

from evoapproxnas.emulation.operation.quantization import check_bits
from evoapproxnas.errors import ConfigError
from evoapproxnas.files import Journal
from evoapproxnas.multipliers import Multiplier, narrow_exact
from evoapproxnas.resilience.circuits import choose_multipliers, exact_multiplier
from evoapproxnas.resilience.energy import check_operands
from evoapproxnas.resilience.measured import identity
from evoapproxnas.resilience.study_folder import study_folder
from evoapproxnas.resilience.sweep_bench import SweepBench, SweepTask
from evoapproxnas.resilience.sweep_records import SweepOptions, SweepResult, SweepRow, columns
from evoapproxnas.training import Dataset
from evoapproxnas.training.classifier import check_classifier

Observer = Callable[[SweepRow, int, int], None]
"""Is told each row, how many are done, and of how many."""


def sweep(
    model: keras.Model,
    dataset: Dataset,
    *,
    options: SweepOptions | None = None,
    folder: Path | None = None,
    observer: Observer | None = None,
) -> SweepResult:
    """Measure a classifier in float, exact 8 bits and fewer, and with each multiplier.

    The model is converted and calibrated once for each signedness, width and correction.

    Args:
        model: a functional or Sequential classifier that gives logits or probabilities.
        dataset: what it was trained on.
        options: None is the defaults.
        folder: remembers every row in `sweep.csv`; a sweep that was interrupted goes on.
        observer: is told what happens.

    Raises:
        DatasetError: if model and data set do not fit.
        QuantizationError: if there is nothing in the model to approximate.
        UnknownNameError: for a multiplier or pattern that matches nothing.
        ConfigError: for options that contradict each other.
        MultiplierError: for one without circuit, if energy counts under the network's operands.
        StoreError: if the folder is about something else, or cannot be written.
    """
    options = options or SweepOptions()
    _check(options)
    check_classifier(model, dataset)
    signed = True if options.weight_scheme == "symmetric" else None
    multipliers = choose_multipliers(options.multipliers, signed=signed)
    check_operands(options.operands, multipliers)
    tasks = _tasks(multipliers, options)
    keys = (
        "tune_weights",
        "split",
        "images",
        "screen",
        "screen_margin",
        "calibration_images",
        "pixel_scale",
        "include_dense",
        "operands",
    )
    subject = {key: getattr(options, key) for key in keys}
    with study_folder(folder, identity("sweep", model, dataset, subject)):
        journal = Journal(folder, "sweep.csv", columns(options.operands))
        known = {row.key: row for row in journal.records(SweepRow)}
        bench = SweepBench(model, dataset, options, folder)
        rows: list[SweepRow] = []
        for task in tasks:
            row = task.row(options)
            if row.key in known:
                row = known[row.key]
            else:
                row = bench.measured(task, row, rows)
                journal.append(asdict(row))
            rows.append(row)
            if observer is not None:
                observer(row, len(rows), len(tasks))
        return SweepResult(tuple(rows), bench.stays_exact)


def _tasks(chosen: tuple[Multiplier, ...], options: SweepOptions) -> list[SweepTask]:
    """List the rows: float, then for each signedness its baselines before its circuits."""
    tasks = [SweepTask("float")]
    for signed in sorted({multiplier.signed for multiplier in chosen}):
        exact = exact_multiplier(signed=signed)
        circuits = [m for m in chosen if m.signed == signed and m.digest != exact.digest]
        tasks.append(SweepTask("exact", exact))
        for bits in options.bits:
            tasks.append(SweepTask("narrow", narrow_exact(bits, bits, signed=signed), bits=bits))
        for correction in options.error_correction:
            tasks.extend(SweepTask("circuit", circuit, correction) for circuit in circuits)
    return tasks


def _check(options: SweepOptions) -> None:
    for bits in options.bits:
        check_bits(bits, operand="activation")
    if not options.error_correction:
        raise ConfigError("error_correction needs at least one value, True or False")
    if options.screen is not None and options.screen < 1:
        raise ConfigError(f"screen must be a positive number of images, got {options.screen}")
