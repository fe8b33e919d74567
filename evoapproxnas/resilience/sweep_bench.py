"""Measuring one row of a sweep after another."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

import keras

from evoapproxnas.multipliers import Multiplier
from evoapproxnas.quantization import resolve_scheme
from evoapproxnas.resilience.circuits import exact_multiplier
from evoapproxnas.resilience.energy import Price, energy_nj, price_under, uniform_price
from evoapproxnas.resilience.measured import labelled, measure_ranges
from evoapproxnas.resilience.network import EmulatedNetwork, Quantization
from evoapproxnas.resilience.scores import accuracy, scores
from evoapproxnas.resilience.sweep_records import SweepOptions, SweepRow
from evoapproxnas.training import Dataset, predict_logits


@dataclass(frozen=True)
class SweepTask:
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


class SweepBench:
    """The model on its images, converted for one kind of row at a time."""

    def __init__(
        self, model: keras.Model, dataset: Dataset, options: SweepOptions, folder: Path | None
    ) -> None:
        """Take the images and measure the ranges of activations.

        Args:
            model: a classifier.
            dataset: what it was trained on.
            options: of the sweep.
            folder: of the sweep.

        Raises:
            DatasetError: if there are fewer images than asked for.
        """
        scale = options.pixel_scale
        self._model = model
        self._options = options
        self._folder = folder
        self._data = labelled(dataset, options.split, images=options.images, pixel_scale=scale)
        self._calibration = measure_ranges(
            model, dataset, images=options.calibration_images, pixel_scale=scale
        )
        self._converted: tuple[tuple[object, ...], EmulatedNetwork, Price] | None = None
        self._screened_exact: dict[bool, float] = {}
        self.stays_exact: tuple[str, ...] = ()

    def measured(self, task: SweepTask, row: SweepRow, before: list[SweepRow]) -> SweepRow:
        """Fill in a row; the baselines among those before it are needed."""
        if task.multiplier is None:
            outputs = predict_logits(self._model, self._data.images)
            accurate = accuracy(scores(outputs), self._data.labels)
            return replace(row, images=len(outputs), accuracy=accurate)
        network, price = self._network(task.multiplier, task)
        assignment = network.uniform(task.multiplier)
        exact = None if task.kind == "exact" else _exact_row(before, task.multiplier)
        row = self._with_energy(row, network, assignment, price, exact)
        if task.kind == "circuit" and self._options.screen is not None:
            screened = self._screened(task.multiplier, row, network)
            if screened is not None:
                return screened
        accurate = self._accuracy(network, assignment)
        reference = exact.accuracy if exact else accurate
        return replace(
            row,
            images=len(self._data.labels),
            accuracy=accurate,
            loss_points=100 * (reference - accurate),
        )

    def _with_energy(
        self,
        row: SweepRow,
        network: EmulatedNetwork,
        assignment: dict[str, Multiplier],
        price: Price,
        exact: SweepRow | None,
    ) -> SweepRow:
        """Fill in energies, relative to a row of exact 8-bit or, without one, to themselves."""
        row = replace(row, energy_nj=energy_nj(network, assignment, price))
        row = replace(row, relative_energy=row.energy_nj / (exact or row).energy_nj)
        if self._options.operands == "uniform":
            return row
        row = replace(row, uniform_energy_nj=energy_nj(network, assignment, uniform_price))
        relative = row.uniform_energy_nj / (exact or row).uniform_energy_nj
        return replace(row, uniform_relative_energy=relative)

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

    def _network(self, multiplier: Multiplier, task: SweepTask) -> tuple[EmulatedNetwork, Price]:
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
            price = price_under(self._options.operands, network, self._folder)
            self._converted = (key, network, price)
        return self._converted[1:]


def _exact_row(rows: list[SweepRow], multiplier: Multiplier) -> SweepRow:
    """Return that of exact 8-bit multiplication of the same signedness."""
    digest = exact_multiplier(signed=multiplier.signed).digest
    return next(row for row in rows if row.kind == "exact" and row.digest == digest)
