"""Trainings of other runs, taken over where what decides them is the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError, StoreError
from evoapproxnas.files import told, write_atomically
from evoapproxnas.problems import Problem, Source, Step
from evoapproxnas.records import Candidate, Evaluation, Training
from evoapproxnas.search.inputs import changed_since, inputs_of
from evoapproxnas.store import Run, load_run
from evoapproxnas.store.weights import weights_file

_MEASURING = ("quantization", "assignment")
"""Sections that, beside the images, decide what is measured of trained weights."""


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
            ConfigError: for one of another problem or data set, or of other images of that name.
        """
        self._problem = problem
        self._known: dict[str, Known] = {}
        present = inputs_of(problem) if config.search.reuse else {}
        for path in config.search.reuse:
            self._read(_opened(path), config, present)

    def _read(self, run: Run, config: RunConfig, present: Mapping[str, str]) -> None:
        if (run.config.problem, run.config.data.dataset) != (config.problem, config.data.dataset):
            raise ConfigError(
                f"search.reuse: run {run.name} searched {run.config.problem} on "
                f"{run.config.data.dataset}, this one searches {config.problem} on "
                f"{config.data.dataset}: none of its trainings is of use; leave it out"
            )
        changed = changed_since(run, present) if _place(run.config) == _place(config) else []
        if (images := f"data set {config.data.dataset}") in changed:
            raise ConfigError(
                f"search.reuse: run {run.name} was trained on other images: the digest of "
                f"{images} is {present[images]} now and was {run.inputs[images]}; leave it out"
            )
        measured = not changed and _measuring(run.config) == _measuring(config)
        for step, evaluation in run.database.evaluations().items():
            training, file = evaluation.training, run.models_dir / weights_file(step)
            if training is not None and training.identity and file.is_file():
                known = Known(run.name, evaluation, measured, file)
                self._known.setdefault(training.identity, known)

    def find(self, candidate: Candidate, step: Step) -> Known | None:
        """Look for a training like that of a step."""
        if not self._known or step.passes == 0:
            return None
        known = self._known.get(self._problem.identity(candidate, step))
        # A run that goes on meanwhile removes weights that it does not need any more.
        return known if known is not None and known.weights.is_file() else None


def take_over(known: Known, step: Step, models: Path) -> Evaluation:
    """Copy weights into this run's folder and give what they came to elsewhere.

    Raises:
        StoreError: if they cannot be read or written.
    """
    _copy(known, step, models)
    return as_own(known, step, known.evaluation)


def measured_anew(known: Known, candidate: Candidate, step: Step, models: Path) -> Step:
    """Copy weights into this run's folder and give the step that measures them there.

    Raises:
        StoreError: if they cannot be read or written.
    """
    _copy(known, step, models)
    return replace(step, passes=0.0, source=Source(candidate, step.id))


def as_own(known: Known, step: Step, measured: Evaluation) -> Evaluation:
    """Make an evaluation with these weights that of a step of this run."""
    training = known.evaluation.training or Training(0.0, "")
    source = None if step.source is None else step.source.step
    return replace(
        measured,
        training=replace(training, inherited_from=source, state=step.state),
        weights=step.id,
        reused_from=known.run,
        seconds=0.0 if measured is known.evaluation else measured.seconds,
    )


def _opened(path: str) -> Run:
    try:
        return load_run(path, read_only=True)
    except (ConfigError, StoreError) as error:
        raise type(error)(
            f"search.reuse: {error}; trainings of that run are taken over for as long as this one "
            "goes on"
        ) from error


def _copy(known: Known, step: Step, models: Path) -> None:
    try:
        content = known.weights.read_bytes()
    except OSError as error:
        raise StoreError(
            f"cannot take over {known.weights} of run {known.run}: {told(error)}; resume, and "
            "this network is trained"
        ) from error
    write_atomically(models / weights_file(step.id), content)


def _place(config: RunConfig) -> object:
    return config.data.model_copy(update={"data_dir": None})


def _measuring(config: RunConfig) -> Sequence[object]:
    sections = [_place(config), *(getattr(config, name) for name in _MEASURING)]
    return [*sections, config.space.multipliers, config.space.library, config.search.objectives]
