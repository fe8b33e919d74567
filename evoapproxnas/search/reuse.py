"""Trainings of other runs, taken over where what decides them is the same."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError
from evoapproxnas.files import write_atomically
from evoapproxnas.problems import Problem, Source, Step
from evoapproxnas.records import Candidate, Evaluation, Training
from evoapproxnas.store import Run, load_run
from evoapproxnas.store.weights import weights_file

_MEASURING = ("data", "quantization", "assignment")
"""Sections that decide what is measured of trained weights."""


@dataclass(frozen=True)
class Known:
    """A training of another run.

    Attributes:
        run: which.
        evaluation: what it gave there.
        measured: whether its figures hold here, too; else only its weights do.
        weights: their file.
    """

    run: str
    evaluation: Evaluation
    measured: bool
    weights: Path


class Reuse:
    """What other runs have trained, by identity; see `records.Training`."""

    def __init__(self, problem: Problem, config: RunConfig) -> None:
        """Read the runs that `search.reuse` names.

        Raises:
            StoreError: for one that cannot be read.
            ConfigError: for one of another problem or data set.
        """
        self._problem = problem
        self._known: dict[str, Known] = {}
        for path in config.search.reuse:
            self._read(load_run(path, read_only=True), config)

    def _read(self, run: Run, config: RunConfig) -> None:
        if (run.config.problem, run.config.data.dataset) != (config.problem, config.data.dataset):
            raise ConfigError(
                f"search.reuse: run {run.name} searched {run.config.problem} on "
                f"{run.config.data.dataset}, this one searches {config.problem} on "
                f"{config.data.dataset}: none of its trainings is of use; leave it out"
            )
        measured = _measuring(run.config) == _measuring(config)
        for step, evaluation in run.database.evaluations().items():
            training, file = evaluation.training, run.models_dir / weights_file(step)
            if training is not None and training.identity and file.is_file():
                known = Known(run.name, evaluation, measured, file)
                self._known.setdefault(training.identity, known)

    def find(self, candidate: Candidate, step: Step) -> Known | None:
        """Look for a training like that of a step."""
        if not self._known or step.passes == 0:
            return None
        return self._known.get(self._problem.identity(candidate, step))


def take_over(known: Known, step: Step, models: Path) -> Evaluation:
    """Copy weights into this run's folder and give what they came to elsewhere.

    Raises:
        StoreError: if they cannot be written.
    """
    write_atomically(models / weights_file(step.id), known.weights.read_bytes())
    return as_own(known, step, known.evaluation)


def measured_anew(known: Known, candidate: Candidate, step: Step, models: Path) -> Step:
    """Copy weights into this run's folder and give the step that measures them there.

    Raises:
        StoreError: if they cannot be written.
    """
    write_atomically(models / weights_file(step.id), known.weights.read_bytes())
    return replace(step, passes=0.0, source=Source(candidate, step.id))


def as_own(known: Known, step: Step, measured: Evaluation) -> Evaluation:
    """Make an evaluation with these weights that of a step of this run."""
    training = known.evaluation.training or Training(0.0, "")
    source = None if step.source is None else step.source.step
    return replace(
        measured,
        training=replace(
            training, inherited_from=source, state="finished" if step.final else "stopped"
        ),
        weights=step.id,
        reused_from=known.run,
        seconds=0.0 if measured is known.evaluation else measured.seconds,
    )


def _measuring(config: RunConfig) -> Sequence[object]:
    place = config.data.model_copy(update={"data_dir": None})
    sections = [place, *(getattr(config, name) for name in _MEASURING[1:])]
    return [*sections, config.space.multipliers, config.space.library, config.search.objectives]
