"""Measuring one row of a sweep after another."""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras

from evoapproxnas.emulation.calibration.observation import computing_exactly
from evoapproxnas.hardware.energy import Price
from evoapproxnas.multipliers import MultiplierChoice
from evoapproxnas.resilience.energy import energy_nj, price_under
from evoapproxnas.resilience.measured import labelled, measure_ranges
from evoapproxnas.resilience.network import Assignment, EmulatedNetwork
from evoapproxnas.resilience.scores import accuracy, scores
from evoapproxnas.resilience.sweep_records import SweepOptions, SweepRow
from evoapproxnas.training import Dataset, predict_logits
from evoapproxnas.training.classifier import gives_probabilities


@dataclass(frozen=True)
class SweepTask:
    """One row to measure."""

    kind: str
    choice: MultiplierChoice | None = None
    correction: bool | None = None

    def row(self, options: SweepOptions) -> SweepRow:
        """Return the row, not measured."""
        if self.choice is None:
            name = "float" if self.kind == "float" else "as saved"
            return SweepRow(kind=self.kind, multiplier=name, bits=32, images=0, accuracy=0.0)
        multiplier = self.choice.multiplier
        return SweepRow(
            kind=self.kind,
            multiplier=self.choice.name,
            digest=multiplier.digest,
            weight_scheme=options.quantization.scheme(signed=multiplier.signed),
            error_correction=self.correction,
            bits=self.choice.activation_bits,
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
        self._data = labelled(
            model, dataset, options.split, images=options.images, pixel_scale=scale
        )
        self._calibration = measure_ranges(
            model, dataset, images=options.calibration_images, pixel_scale=scale
        )
        self._converted: tuple[tuple[object, ...], EmulatedNetwork, Price] | None = None
        self._screened_exact: dict[bool, float] = {}
        self.stays_exact: tuple[str, ...] = ()

    def measured(self, task: SweepTask, row: SweepRow, before: list[SweepRow]) -> SweepRow:
        """Fill in a row; the baselines among those before it are needed."""
        if task.choice is None:
            return self._as_it_is(row)
        network, price = self._network(task.choice, task)
        assignment = network.uniform(task.choice)
        exact = None if task.kind == "exact" else _exact_row(before, task.choice)
        row = self._with_energy(row, network, assignment, price, exact)
        if task.kind == "circuit" and self._options.screen is not None:
            screened = self._screened(task.choice, row, network)
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

    def _as_it_is(self, row: SweepRow) -> SweepRow:
        """Measure the given model: with its own multipliers if it was saved so, or in float."""
        if row.kind == "float":
            with computing_exactly(self._model):
                outputs = predict_logits(self._model, self._data.images)
        else:
            outputs = predict_logits(self._model, self._data.images)
        said = scores(outputs, probabilities=gives_probabilities(self._model) or None)
        return replace(row, images=len(outputs), accuracy=accuracy(said, self._data.labels))

    def _with_energy(
        self,
        row: SweepRow,
        network: EmulatedNetwork,
        assignment: Assignment,
        price: Price,
        exact: SweepRow | None,
    ) -> SweepRow:
        """Fill in energies, relative to a row of exact 8-bit or, without one, to themselves."""
        row = replace(row, energy_nj=energy_nj(network, assignment, price))
        row = replace(row, relative_energy=row.energy_nj / (exact or row).energy_nj)
        if self._options.operands == "uniform":
            return row
        uniform = energy_nj(network, assignment, price_under("uniform", network))
        row = replace(row, uniform_energy_nj=uniform)
        relative = row.uniform_energy_nj / (exact or row).uniform_energy_nj
        return replace(row, uniform_relative_energy=relative)

    def _screened(
        self, choice: MultiplierChoice, row: SweepRow, network: EmulatedNetwork
    ) -> SweepRow | None:
        """Return the row of a circuit without hope, else None."""
        count, signed = min(self._options.screen or 0, len(self._data.labels)), _signed(choice)
        if signed not in self._screened_exact:
            self._screened_exact[signed] = self._accuracy(network, {}, count)
        reference = self._screened_exact[signed]
        accurate = self._accuracy(network, network.uniform(choice), count)
        variance = reference * (1 - reference) + accurate * (1 - accurate)
        loss = 100 * (reference - accurate)
        if loss - 200 * math.sqrt(variance / count) <= self._options.screen_margin:
            return None
        return replace(row, images=count, accuracy=accurate, loss_points=loss, screened=True)

    def _accuracy(
        self, network: EmulatedNetwork, assignment: Assignment, count: int | None = None
    ) -> float:
        return accuracy(network.scores(assignment, last=count), self._data.labels[:count])

    def _network(self, choice: MultiplierChoice, task: SweepTask) -> tuple[EmulatedNetwork, Price]:
        """Return the network converted as a task needs it, again the last one where possible."""
        narrow = task.kind == "narrow"
        exact = choice if narrow else MultiplierChoice.exact(signed=_signed(choice))
        key: Any = (exact.key, task.correction)
        if self._converted is None or self._converted[0] != key:
            quantization = self._options.quantization
            network = EmulatedNetwork(
                self._model,
                self._calibration,
                self._data.images,
                exact=exact,
                quantization=replace(
                    quantization,
                    error_correction=bool(task.correction),
                    tune_weights=quantization.tune_weights and task.kind == "circuit",
                ),
                include_dense=self._options.include_dense,
                cache_bytes=0,
            )
            self.stays_exact = tuple(f"{x.path}: {x.detail}" for x in network.stays_exact)
            price = price_under(self._options.operands, network, self._folder)
            self._converted = (key, network, price)
        return self._converted[1:]


def _signed(choice: MultiplierChoice) -> bool:
    return choice.multiplier.signed


def _exact_row(rows: list[SweepRow], choice: MultiplierChoice) -> SweepRow:
    """Return that of exact 8-bit multiplication of the same signedness."""
    digest = MultiplierChoice.exact(signed=_signed(choice)).multiplier.digest
    return next(row for row in rows if row.kind == "exact" and row.digest == digest)
