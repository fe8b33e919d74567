"""Every multiplier in every convolution of a trained network: accuracy against energy."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import keras

from evoapproxnas.emulation.quantization import check_bits, resolve_scheme
from evoapproxnas.errors import ConfigError
from evoapproxnas.multipliers import Multiplier, narrow_exact
from evoapproxnas.resilience.circuits import choose_multipliers, exact_multiplier
from evoapproxnas.resilience.journal import Journal, read_record, study_folder
from evoapproxnas.resilience.measured import identity, labelled, measure_ranges
from evoapproxnas.resilience.network import EmulatedNetwork, Quantization, energy_pj
from evoapproxnas.resilience.scores import accuracy, scores
from evoapproxnas.resilience.sweep_records import COLUMNS, SweepOptions, SweepResult, SweepRow
from evoapproxnas.training import Dataset, predict_logits
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
        StoreError: if the folder is about something else, or cannot be written.
    """
    options = options or SweepOptions()
    _check(options)
    check_classifier(model, dataset)
    signed = True if options.weight_scheme == "symmetric" else None
    tasks = _tasks(choose_multipliers(options.multipliers, signed=signed), options)
    keys = (
        "tune_weights",
        "split",
        "images",
        "screen",
        "screen_margin",
        "calibration_images",
        "pixel_scale",
        "include_dense",
    )
    subject = {key: getattr(options, key) for key in keys}
    with study_folder(folder, identity("sweep", model, dataset, subject)):
        journal = Journal(folder, "sweep.csv", COLUMNS)
        known = {row.key: row for row in (read_record(SweepRow, text) for text in journal.rows)}
        bench = _Bench(model, dataset, options)
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


@dataclass(frozen=True)
class _Task:
    """One row to measure."""

    kind: str
    multiplier: Multiplier | None = None
    correction: bool | None = None
    bits: int = 8

    def row(self, options: SweepOptions) -> SweepRow:
        """Return the row, not measured."""
        if self.multiplier is None:
            return SweepRow(kind=self.kind, multiplier="float", bits=32, images=0, accuracy=0.0)
        return SweepRow(
            kind=self.kind,
            multiplier=self.multiplier.name,
            digest=self.multiplier.digest,
            weight_scheme=resolve_scheme(options.weight_scheme, signed=self.multiplier.signed),
            error_correction=self.correction,
            bits=self.bits,
            images=0,
            accuracy=0.0,
        )


def _tasks(chosen: tuple[Multiplier, ...], options: SweepOptions) -> list[_Task]:
    """List the rows: float, then for each signedness its baselines before its circuits."""
    tasks = [_Task("float")]
    for signed in sorted({multiplier.signed for multiplier in chosen}):
        exact = exact_multiplier(signed=signed)
        circuits = [m for m in chosen if m.signed == signed and m.digest != exact.digest]
        tasks.append(_Task("exact", exact))
        for bits in options.bits:
            tasks.append(_Task("narrow", narrow_exact(bits, bits, signed=signed), bits=bits))
        for correction in options.error_correction:
            tasks.extend(_Task("circuit", circuit, correction) for circuit in circuits)
    return tasks


class _Bench:
    """The model on its images, converted for one kind of row at a time."""

    def __init__(self, model: keras.Model, dataset: Dataset, options: SweepOptions) -> None:
        scale = options.pixel_scale
        self._model = model
        self._options = options
        self._data = labelled(dataset, options.split, images=options.images, pixel_scale=scale)
        self._calibration = measure_ranges(
            model, dataset, images=options.calibration_images, pixel_scale=scale
        )
        self._converted: tuple[tuple[object, ...], EmulatedNetwork] | None = None
        self._screened_exact: dict[bool, float] = {}
        self.stays_exact: tuple[str, ...] = ()

    def measured(self, task: _Task, row: SweepRow, before: list[SweepRow]) -> SweepRow:
        """Fill in a row; the baselines among those before it are needed."""
        if task.multiplier is None:
            outputs = predict_logits(self._model, self._data.images)
            accurate = accuracy(scores(outputs), self._data.labels)
            return replace(row, images=len(outputs), accuracy=accurate)
        network = self._network(task.multiplier, task)
        assignment = network.uniform(task.multiplier)
        energy = network.energy_nj(assignment)
        row = replace(row, energy_nj=energy, relative_energy=energy / self._full_nj(task, network))
        if task.kind == "circuit" and self._options.screen is not None:
            screened = self._screened(task.multiplier, row, network)
            if screened is not None:
                return screened
        accurate = self._accuracy(network, assignment)
        reference = accurate if task.kind == "exact" else _exact_accuracy(before, task.multiplier)
        return replace(
            row,
            images=len(self._data.labels),
            accuracy=accurate,
            loss_points=100 * (reference - accurate),
        )

    def _screened(
        self, multiplier: Multiplier, row: SweepRow, network: EmulatedNetwork
    ) -> SweepRow | None:
        """Return the row of a circuit without hope, else None."""
        count = min(self._options.screen or 0, len(self._data.labels))
        if multiplier.signed not in self._screened_exact:
            self._screened_exact[multiplier.signed] = self._accuracy(network, {}, count)
        reference = self._screened_exact[multiplier.signed]
        accurate = self._accuracy(network, network.uniform(multiplier), count)
        variance = reference * (1 - reference) + accurate * (1 - accurate)
        loss = 100 * (reference - accurate)
        if loss - 200 * math.sqrt(variance / count) <= self._options.screen_margin:
            return None
        return replace(row, images=count, accuracy=accurate, loss_points=loss, screened=True)

    def _accuracy(
        self, network: EmulatedNetwork, assignment: dict[str, Multiplier], count: int | None = None
    ) -> float:
        values = scores(network.outputs(assignment, last=count))
        return accuracy(values, self._data.labels[:count])

    def _network(self, multiplier: Multiplier, task: _Task) -> EmulatedNetwork:
        """Return the network converted as a task needs it, again the last one where possible."""
        key = (multiplier.signed, task.bits, task.correction)
        if self._converted is None or self._converted[0] != key:
            exact = exact_multiplier(signed=multiplier.signed)
            network = EmulatedNetwork(
                self._model,
                self._calibration,
                self._data.images,
                exact=multiplier if task.kind == "narrow" else exact,
                quantization=Quantization(
                    weight_scheme=self._options.weight_scheme,
                    error_correction=bool(task.correction),
                    bits=task.bits,
                    tune_weights=self._options.tune_weights and task.kind == "circuit",
                ),
                include_dense=self._options.include_dense,
                cache_bytes=0,
            )
            self.stays_exact = tuple(f"{x.path}: {x.detail}" for x in network.stays_exact)
            self._converted = (key, network)
        return self._converted[1]

    def _full_nj(self, task: _Task, network: EmulatedNetwork) -> float:
        """Return the energy with the exact 8-bit multiplier everywhere."""
        if task.multiplier is None or task.kind != "narrow":
            return network.energy_nj({})
        exact = exact_multiplier(signed=task.multiplier.signed)
        return network.energy_nj({}) * energy_pj(exact) / energy_pj(task.multiplier)


def _exact_accuracy(rows: list[SweepRow], multiplier: Multiplier) -> float:
    """Return that of exact 8-bit multiplication of the same signedness."""
    digest = exact_multiplier(signed=multiplier.signed).digest
    return next(row.accuracy for row in rows if row.kind == "exact" and row.digest == digest)


def _check(options: SweepOptions) -> None:
    for bits in options.bits:
        check_bits(bits, operand="activation")
    if not options.error_correction:
        raise ConfigError("error_correction needs at least one value, True or False")
    if options.screen is not None and options.screen < 1:
        raise ConfigError(f"screen must be a positive number of images, got {options.screen}")
