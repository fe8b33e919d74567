"""What comes next for a member of the front: training, assignments, then fine-tuning."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from evoapproxnas import seeds
from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError
from evoapproxnas.files import decode
from evoapproxnas.multipliers import load_library, parse_widths
from evoapproxnas.networks import Network
from evoapproxnas.problems.cnn.finish.choosing import Chosen, chosen_points, exact_baselines
from evoapproxnas.problems.cnn.finish.records import Assigned
from evoapproxnas.problems.cnn.finish.settings import finish_settings
from evoapproxnas.problems.cnn.finish.table import finished_table
from evoapproxnas.problems.cnn.finish.tasks import (
    TEACHER,
    AssignWork,
    TrainWork,
    TuneWork,
    assign,
    train,
    tune,
)
from evoapproxnas.problems.cnn.tasks import MODEL, WEIGHTS, recipe
from evoapproxnas.problems.finishing import Member, Stage
from evoapproxnas.resilience.quick import spread_choices
from evoapproxnas.store import FinishedStage, FinishFolder, StageName
from evoapproxnas.store.weights import weights_file

TRAINING, ASSIGNMENT, TUNING = "training", "assignment", "tuning"


@dataclass(frozen=True)
class _Teacher:
    """A float network that others learn from, or none.

    Attributes:
        network: `Network.to_dict()`.
        identity: what decides its influence.
        reads: its weights, by blob.
    """

    network: Mapping[str, Any] | None = None
    identity: tuple[str | float, ...] = ()
    reads: Mapping[str, Path] = field(default_factory=dict)


_NONE = _Teacher()


class CnnFinisher:
    """Finishes networks of one configuration.

    Attributes:
        config: what trainings and assignments have, see `finish_settings`.
    """

    def __init__(self, config: RunConfig) -> None:
        """Check what can be checked before hours of training.

        Raises:
            MultiplierError: for operand widths that are none, or a multiplier without power.
            UnknownNameError: for a multiplier that is not here any more.
        """
        self.config = finish_settings(config)
        for widths in (*config.finish.baselines, *config.finish.bits):
            parse_widths(widths)

    def stages(
        self, member: Member, best: Member, folder: FinishFolder, models: Path
    ) -> Sequence[Stage] | None:
        """Those that can begin now; see `Finisher.stages`.

        Raises:
            ConfigError: if training is to begin with weights that were not kept.
        """
        teacher = self._teacher_in_training(member, best, folder, models)
        if teacher is None:
            return None
        training = self._training(member, models, teacher)
        if folder.done(training.name, leaves=training.leaves) is None:
            return [training]
        assignment = self._assignment(member, training, folder)
        done = folder.done(assignment.name)
        if done is None:
            return [assignment]
        where = f"{folder.path}, {done.kind} of {done.id}"
        assigned = decode(Assigned, done.figures, where=where)
        if self.config.finish.teacher == "own" or teacher is _NONE:
            teacher = self._teacher(member, training, folder)
        chosen = self._chosen(member, assigned)
        tunings = [self._tuning(c, member, training, folder, teacher) for c in chosen]
        return [t for t in tunings if folder.done(t.name, leaves=t.leaves) is None]

    def table(self, rows: Sequence[FinishedStage]) -> pd.DataFrame:
        """Figures of all that is fine-tuned; see `table`."""
        return finished_table(rows)

    def _teacher_in_training(
        self, member: Member, best: Member, folder: FinishFolder, models: Path
    ) -> "_Teacher | None":
        """What a member learns from in its training; None if that is not there yet."""
        if self.config.finish.teacher != "best" or member is best:
            return _NONE
        training = self._training(best, models, _NONE)
        if folder.done(training.name, leaves=training.leaves) is None:
            return None
        return self._teacher(best, training, folder)

    def _teacher(self, member: Member, training: Stage, folder: FinishFolder) -> "_Teacher":
        """What the trained network of a member is to others, or to itself with multipliers."""
        if self.config.finish.teacher == "none":
            return _NONE
        options = self.config.training
        weight, temperature = options.distillation_weight, options.distillation_temperature
        return _Teacher(
            self._network(member).to_dict(),
            (training.name.identity, weight, temperature),
            {TEACHER: folder.file(training.name.id, WEIGHTS)},
        )

    def _training(self, member: Member, models: Path, teacher: "_Teacher") -> Stage:
        from_search = self.config.finish.begin == "search"
        begin, reads = self._search_weights(member, models) if from_search else ("", {})
        seed = self._seed(member, "finish: training")
        network = self._network(member).to_dict()
        work = TrainWork(member.id, network, self.config, seed, begin, teacher.network)
        decides = [
            *(member.candidate.architecture_key, recipe(self.config)),
            *(self.config.training.epochs, seed, begin, *teacher.identity),
        ]
        name = StageName(TRAINING, member.id, member.id, _digest(decides))
        return Stage(name, train, work, {**reads, **teacher.reads}, (WEIGHTS,))

    def _search_weights(self, member: Member, models: Path) -> tuple[str, dict[str, Path]]:
        file = None if member.weights is None else models / weights_file(member.weights)
        if file is None or not file.is_file():
            raise ConfigError(
                f"finish.begin is 'search', but the search's weights of {member.id} were not "
                "kept; set finish.begin=scratch"
            )
        return str(member.weights), {WEIGHTS: file}

    def _assignment(self, member: Member, training: Stage, folder: FinishFolder) -> Stage:
        config, seed = self.config, self._seed(member, "finish: assignment")
        work = AssignWork(
            member.id,
            self._network(member).to_dict(),
            config,
            seed,
            self._choices,
            tuple(dict(assignment) for assignment in member.assignments),
        )
        options = config.assignment, config.quantization
        decides = [
            *(training.name.identity, seed, self._choices, work.known),
            *(section.model_dump(mode="json", exclude={"kernel"}) for section in options),
        ]
        reads = {WEIGHTS: folder.file(training.name.id, WEIGHTS)}
        name = StageName(ASSIGNMENT, member.id, member.id, _digest(decides))
        return Stage(name, assign, work, reads, order=1)

    def _chosen(self, member: Member, assigned: Assigned) -> list[Chosen]:
        finish, network = self.config.finish, self._network(member)
        exact = load_library()[self.config.quantization.exact_multiplier]
        baselines = exact_baselines(network, finish.baselines, signed=exact.signed)
        points = chosen_points(
            network,
            assigned,
            count=finish.points,
            max_loss_points=finish.max_loss_points,
            baselines=baselines,
        )
        return [*points, *baselines]

    def _tuning(
        self,
        chosen: Chosen,
        member: Member,
        training: Stage,
        folder: FinishFolder,
        teacher: "_Teacher",
    ) -> Stage:
        # One seed for all, so that what an assignment costs is not chance.
        seed = self._seed(member, "finish: tuning")
        name = f"{member.id}-{chosen.label}"
        network = chosen.network
        begun = training.name.identity
        work = TuneWork(
            name,
            network.to_dict(),
            self.config,
            seed,
            training=begun,
            kind=chosen.kind,
            teacher=teacher.network,
        )
        finish, quantization = self.config.finish, self.config.quantization
        decides = [
            *(begun, seed, network.assignment, chosen.kind),
            *(finish.finetune_passes, finish.finetune_learning_rate),
            *(finish.finetune_batch_size, finish.gradient, *teacher.identity),
            quantization.model_dump(mode="json", exclude={"kernel"}),
        ]
        reads = {WEIGHTS: folder.file(training.name.id, WEIGHTS), **teacher.reads}
        stage = StageName(TUNING, name, member.id, _digest(decides))
        return Stage(stage, tune, work, reads, (MODEL,), order=2)

    @cached_property
    def _choices(self) -> tuple[str, ...]:
        options = self.config.assignment
        found = spread_choices(
            self.config.space.multipliers,
            circuits=options.circuits,
            bits=options.bits,
            quantization=self.config.quantization.value,
        )
        return tuple(choice.name for choice in found)

    def _seed(self, member: Member, purpose: str) -> int:
        place = member.candidate.id
        return seeds.integer(self.config.seed, place.generation, place.index, purpose)

    def _network(self, member: Member) -> Network:
        return Network.from_dict(json.loads(member.candidate.network))


def _digest(parts: Sequence[Any]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
