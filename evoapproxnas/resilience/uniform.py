"""Every multiplier in every convolution of a trained network: accuracy against energy."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras

from evoapproxnas.arguments import check_function
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.files import Journal, study_folder
from evoapproxnas.multipliers import MultiplierChoice, own_widths
from evoapproxnas.paths import as_path
from evoapproxnas.resilience.choices import choose_multipliers, narrow_choices
from evoapproxnas.resilience.energy import check_operands
from evoapproxnas.resilience.given import as_model, warn_of_pixel_scale
from evoapproxnas.resilience.measured import identity
from evoapproxnas.resilience.options import quantization_subject, with_changes
from evoapproxnas.resilience.sweep_bench import SweepBench, SweepTask
from evoapproxnas.resilience.sweep_records import SweepOptions, SweepResult, SweepRow, columns
from evoapproxnas.training.classifier import check_classifier
from evoapproxnas.training.datasets.given import as_dataset

Observer = Callable[[SweepRow, int, int], None]
"""Is told each row, how many are done, and of how many."""


def sweep(
    model: keras.Model | str | Path,
    data: Any,
    *,
    options: SweepOptions | None = None,
    folder: str | Path | None = None,
    observer: Observer | None = None,
    **changes: Any,
) -> SweepResult:
    """Measure a classifier in float, exact 8 bits and fewer, and with each multiplier.

    The model is converted and calibrated once for each signedness, width and correction.

    Args:
        model: a functional or Sequential classifier that gives logits or probabilities, or the
            path of a saved one. Of two classes it may give one.
        data: what it was trained on: a name, an .npz file, arrays or a `Dataset`; see
            `as_dataset`.
        options: None is the defaults.
        folder: remembers every row in `sweep.csv`; a sweep that was interrupted goes on.
        observer: is told what happens.
        **changes: of fields of the options and of their quantization, such as `images=500`,
            `per_channel=True`.

    Returns:
        A row for each measurement.

    Raises:
        DatasetError: if model and data set do not fit.
        QuantizationError: if there is nothing in the model to approximate.
        UnknownNameError: for a multiplier or pattern that matches nothing.
        ConfigError: for options that contradict each other, or are unknown.
        MultiplierError: for one without circuit, if energy counts under the network's operands.
        StoreError: if the folder is about something else, or cannot be written.
    """
    check_function(observer=observer)
    options = with_changes(options or SweepOptions(), changes)
    model, dataset = as_model(model), as_dataset(data)
    check_classifier(model, dataset)
    quantization = options.quantization
    choices = choose_multipliers(
        options.multipliers, signed=quantization.signed, widths=quantization.widths
    )
    check_operands(options.operands, choices)
    tasks = _tasks(choices, options, saved=bool(emulated_layers(model)))
    warn_of_pixel_scale(model, dataset, pixel_scale=options.pixel_scale)
    folder = None if folder is None else as_path(folder, of="the study's folder")
    subject = None if folder is None else identity("sweep", model, dataset, _subject(options))
    with study_folder(folder, subject or {}):
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


def _subject(options: SweepOptions) -> dict[str, Any]:
    """Return what all rows depend on and none says."""
    keys = ("split", "images", "screen", "screen_margin", "calibration_images", "pixel_scale",
            "include_dense", "operands")  # fmt: skip
    return {
        "tune_weights": options.quantization.tune_weights,
        **{key: getattr(options, key) for key in keys},
        **quantization_subject(options.quantization),
    }


def _tasks(
    chosen: tuple[MultiplierChoice, ...], options: SweepOptions, *, saved: bool
) -> list[SweepTask]:
    """List the rows: the model as it is, then for each signedness baselines before circuits."""
    tasks = [SweepTask("saved")] if saved else []
    tasks.append(SweepTask("float"))
    corrections = options.corrections or (options.quantization.error_correction,)
    for signed in sorted({choice.multiplier.signed for choice in chosen}):
        exact = MultiplierChoice.exact(signed=signed)
        narrow = {c.key: c for c in narrow_choices(options.bits, signed=signed)}
        alike = [c for c in chosen if c.multiplier.signed == signed and c.key != exact.key]
        narrow |= {c.key: c for c in alike if _is_narrow(c)}
        tasks.append(SweepTask("exact", exact))
        tasks += [SweepTask("narrow", c) for c in narrow.values() if c.key != exact.key]
        circuits = [choice for choice in alike if choice.key not in narrow]
        for correction in corrections:
            tasks += [SweepTask("circuit", circuit, correction) for circuit in circuits]
    return tasks


def _is_narrow(choice: MultiplierChoice) -> bool:
    """Return whether it is an exact multiplier of fewer bits, with codes as wide as these."""
    return choice.widths == own_widths(choice.multiplier) != (8, 8)
