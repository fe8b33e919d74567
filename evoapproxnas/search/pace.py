"""How long the rest of a campaign takes, judged by what its steps took so far.

A step takes a time to build and measure, and a time for each pass over the training images. What
is left follows from the plan: the steps that are planned in the generation in progress, those
that promotion and comparison will add, and as much for every candidate to come as the
generations before had. How well workers are kept busy is part of the pace.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from evoapproxnas.config import RunConfig
from evoapproxnas.problems import Step
from evoapproxnas.records import Evaluation, Outcome, Rejection, StepId


@dataclass(frozen=True)
class Load:
    """Work: steps, and the passes over the training images that they train for."""

    steps: float = 0.0
    passes: float = 0.0

    def __add__(self, other: "Load") -> "Load":
        """Both together."""
        return Load(self.steps + other.steps, self.passes + other.passes)

    def times(self, factor: float) -> "Load":
        """So many times the same."""
        return Load(factor * self.steps, factor * self.passes)

    def without(self, other: "Load") -> "Load":
        """What is left of it after other work; never less than nothing."""
        return Load(max(self.steps - other.steps, 0.0), max(self.passes - other.passes, 0.0))


_MATCHED = 0.15
"""Share of children that beat their parents, so that these are trained on, as it is first taken
to be."""


def expected_further(config: RunConfig) -> Load:
    """What rungs add for one candidate that is trained, by their shares."""
    rungs, share, further = config.rungs, 1.0, Load()
    for before, passes in zip(rungs.passes, rungs.passes[1:], strict=False):
        share *= rungs.promote
        further += Load(share, share * (passes - before))
    return further


def first_passes(step: Step, config: RunConfig) -> float:
    """Passes of a step; where the problem decides, what its configuration says."""
    return float(config.training.epochs) if step.passes is None else step.passes


@dataclass
class _Generation:
    """What is known of the work of one generation; `first` is that of first steps."""

    seen: int = 0
    first: Load = field(default_factory=Load)
    done: Load = field(default_factory=Load)
    further: Load = field(default_factory=Load)
    trained: int = 0
    waiting: int = 0
    closed: bool = False


class Pace:
    """Follows a campaign; `seconds_left` may be asked at any time."""

    def __init__(self, config: RunConfig, clock: Callable[[], float]) -> None:
        """Start before the first step.

        Args:
            config: of the run.
            clock: wall-clock time of this session, in seconds.
        """
        self._config, self._clock = config, clock
        self._generations: dict[int, _Generation] = {}
        self._planned: dict[StepId, float] = {}
        """First steps without an outcome, and their passes."""
        self._decay = 0.5 ** (1 / (4 * config.search.population))
        # Sums in which what is longer ago counts less: networks change as the search goes on.
        self._load, self._measuring, self._training = Load(), 0.0, 0.0
        self._wall, self._fresh, self._last = 0.0, Load(), 0.0
        self._together = 0.0

    def planned(self, steps: Sequence[Step]) -> None:
        """Take note of steps that are about to be done."""
        for step in steps:
            if step.id.step == 0 and step.id not in self._planned:
                generation, passes = self._of(step.id), first_passes(step, self._config)
                self._planned[step.id] = passes
                generation.seen += 1
                generation.first += Load(1, passes)
                generation.trained += passes > 0
                generation.waiting += 1

    def done(self, step: StepId, outcome: Outcome, *, fresh: bool) -> None:
        """Take note of an outcome.

        Args:
            step: which.
            outcome: what it came to; what took no time (copies, what is taken over) is no work.
            fresh: whether this session did it.
        """
        further_on = step.step and not self._steady
        generation = self._newest() if further_on else self._of(step)
        planned = self._planned.pop(step, None)
        if planned is not None:  # It may have failed, or needed no training.
            generation.waiting -= 1
            generation.first = generation.first.without(Load(1, planned))
            generation.trained -= planned > 0
        elif not step.step:
            generation.seen += 1
        if isinstance(outcome, Rejection) or not outcome.seconds:
            return
        passes, training = _trained(outcome)
        load = Load(1, passes)
        if step.step:
            generation.further += load
        else:
            generation.first += load
            generation.trained += passes > 0
        generation.done += load
        self._load = self._load.times(self._decay) + load
        self._measuring = self._decay * self._measuring + max(outcome.seconds - training, 0.0)
        self._training = self._decay * self._training + training
        if fresh:
            self._pass_time(outcome.seconds, load)

    def _pass_time(self, seconds: float, load: Load) -> None:
        now = self._clock()
        if self._fresh.steps:
            since = now - self._last
        else:
            # Until then workers also started: each has been at work for as long as this outcome
            # took. What the others did is not known before the generation is complete.
            since = seconds / self._workers
            self._together = seconds - since
        self._last = now
        self._wall = self._decay * self._wall + since
        self._fresh = self._fresh.times(self._decay) + load

    def close(self, generation: int) -> None:
        """Take note that a generation is complete."""
        self._generations.setdefault(generation, _Generation()).closed = True
        self._wall += self._together
        self._together = 0.0

    def seconds_left(self, candidates: int, *, hours: float = 0.0, tests: int = 0) -> float | None:
        """Estimate the wall-clock time that is left; None before the first outcome.

        Args:
            candidates: that are still to come or without outcome.
            hours: spent so far, where the run has a limit on them.
            tests: of the front at the end, each of which is taken to last as long as the
                measurements of a step.
        """
        busy = self._seconds(self._fresh)
        if not busy:
            return None
        waiting = sum(generation.waiting for generation in self._generations.values())
        left = self._begun() + self._each().times(max(candidates - waiting, 0))
        seconds = self._seconds(left) * self._wall / busy
        limit = self._config.search.max_hours
        if limit is not None:
            seconds = min(seconds, max(3600 * (limit - hours), 0.0))
        return seconds + self._seconds(Load(tests)) * self._wall / busy

    def _begun(self) -> Load:
        """Work that is left for candidates that are there."""
        if not self._steady:
            open_ones = [g for g in self._generations.values() if not g.closed]
            return sum((self._expected(g).without(g.done) for g in open_ones), Load())
        # Promotions come whenever they are due, of candidates of any generation.
        expected = sum((self._expected(g) for g in self._generations.values()), Load())
        return expected.without(sum((g.done for g in self._generations.values()), Load()))

    def _expected(self, generation: _Generation) -> Load:
        """All work of a generation: more is to come for what is trained."""
        return generation.first + self._further().times(generation.trained)

    def _further(self) -> Load:
        """Work after its first step for one candidate that is trained, by plan and experience."""
        weight, total = 1, expected_further(self._config)
        for generation in self._settled():
            total += generation.further
            weight += generation.trained
        further = total.times(1 / weight)
        if self._steady:
            further = max(further, self._so_far(), key=lambda load: load.passes)
        return further if self._experienced else further + self._matched(further.passes)

    def _so_far(self) -> Load:
        """Work after its first step for one candidate that is trained, no less than that."""
        everyone = self._generations.values()
        total = sum((generation.further for generation in everyone), Load())
        return total.times(1 / max(sum(generation.trained for generation in everyone), 1))

    def _settled(self) -> list[_Generation]:
        """Generations to which no further steps come, or few."""
        closed = [g for _, g in sorted(self._generations.items()) if g.closed]
        return closed[:-1] if self._steady else closed

    def _matched(self, passes: float) -> Load:
        """What training parents on is taken to add for each child, before there is experience."""
        options = self._config.inheritance
        if not (options.enabled and options.match_parents):
            return Load()
        return Load(_MATCHED, _MATCHED * passes)

    @property
    def _experienced(self) -> bool:
        """Whether a generation of children is complete."""
        return any(_later_closed(number, g) for number, g in self._generations.items())

    def _each(self) -> Load:
        """Work for one candidate to come: as in the generations so far, but for the first."""
        if self._steady:
            later = [g for number, g in self._generations.items() if _later_closed(number, g)]
            found = later or list(self._generations.values())
            total = sum((self._expected(g) for g in found), Load())
            return total.times(1 / max(sum(g.seen for g in found), 1))
        for pick in (_later_closed, _later, _closed, _any):
            found = [g for number, g in self._generations.items() if pick(number, g)]
            if found:
                loads = [g.done if g.closed else self._expected(g) for g in found]
                total = sum(loads, Load())
                each = total.times(1 / (len(found) * self._config.search.population))
                return each if pick is not _closed else each + self._matched(each.passes)
        return Load()

    def _seconds(self, load: Load) -> float:
        """Processor time of a worker for some work, as steps took it so far."""
        if not self._load.steps:
            return 0.0
        each = self._measuring / self._load.steps
        per_pass = self._training / self._load.passes if self._load.passes else 0.0
        return load.steps * each + load.passes * per_pass

    @property
    def _steady(self) -> bool:
        return self._config.search.mode == "steady"

    @property
    def _workers(self) -> int:
        execution = self._config.execution
        return 1 if execution.executor == "inline" else execution.workers

    def _of(self, step: StepId) -> _Generation:
        return self._generations.setdefault(step.candidate.generation, _Generation())

    def _newest(self) -> _Generation:
        return self._generations.setdefault(max(self._generations, default=0), _Generation())


def _trained(outcome: Outcome) -> tuple[float, float]:
    """Passes that an outcome was trained for here, and the seconds that took."""
    if not isinstance(outcome, Evaluation) or outcome.training is None or outcome.reused_from:
        return 0.0, 0.0
    return outcome.training.budget, outcome.training.seconds


def _later_closed(number: int, generation: _Generation) -> bool:
    return number > 0 and generation.closed


def _later(number: int, generation: _Generation) -> bool:
    return number > 0


def _closed(number: int, generation: _Generation) -> bool:
    return generation.closed


def _any(number: int, generation: _Generation) -> bool:
    return True
