"""Sections about the search, its levels and rungs, and about the finish of what it found."""

from typing import Any, Literal

from pydantic import Field, field_validator

from evoapproxnas.config.section import Count, Name, PlacePath, Seconds, Section, Values, Weight
from evoapproxnas.quantization import RangeMethodName


class RungsConfig(Section):
    """Training budgets: all candidates get the first, the promising ones the next."""

    passes: Values[Count] = ()
    """Passes over the training images at the end of each rung, rising; none: one training of
    `training.epochs`."""
    promote: float = Field(0.5, gt=0, le=1)
    """Share of the candidates that at least goes on to the next rung, in whole fronts."""
    strategy: Literal["fronts", "top_k"] = "fronts"
    """fronts: whole non-dominated fronts; top_k: exactly that share, the best ranks first."""
    size_correction: float = Field(0.5, ge=0, le=1)
    """Weight of the rank by size in the score that promotes: short trainings favour small
    networks."""
    hurdle: float | None = Field(None, ge=0, le=10)
    """How much worse, relatively, than the front of its rung so far a candidate's score may be at
    equal cost to be promoted; None: there is no hurdle."""

    @field_validator("passes")
    @classmethod
    def _rising(cls, passes: tuple[int, ...]) -> tuple[int, ...]:
        if list(passes) != sorted(set(passes)):
            raise ValueError("rungs have to rise")
        return passes


class InheritanceConfig(Section):
    """What a child takes over of its parent's training."""

    enabled: bool = False
    """Whether it begins with its parent's weights at all."""
    shrink: float = Field(1.0, ge=0, le=1)
    """Factor on inherited weights (shrink and perturb)."""
    perturb: float = Field(0.0, ge=0, le=1)
    """Share of a fresh initialization that is added to them."""
    rate: float = Field(0.3, gt=0, le=1)
    """Factor on the learning rate of trainings that begin with weights of another candidate, and
    of those that go on from them: the full rate undoes what these had learned."""
    match_parents: bool = True
    """A parent that its child beats is trained on for as long as the child was, then compared."""
    init_first: bool = False
    """Networks of `search.init` that come without weights are trained to the last rung at once;
    what varies them in the first generation begins with their weights."""


class AssignmentConfig(Section):
    """The fast level: a front of multiplier assignments for every trained architecture."""

    enabled: bool = False
    """Off: one point for each, with the multipliers that its genes name."""
    circuits: int = Field(12, ge=1, le=1000)
    """How many of space.multipliers a layer chooses from, spread between power and error."""
    bits: Values[int | Name] = ()
    """Exact multipliers of such narrower operands are choices, too: 6, or "a6w4"."""
    images: Count | None = None
    """Validation images on which assignments are measured (None: all)."""
    sensitivity_images: Count = 200
    """Of these, for the sensitivity of single layers."""
    verify: Count = 8
    """How many assignments are emulated, beside exact 8-bit and those taken over."""
    max_loss_points: float = Field(10.0, gt=0, le=100)
    """Assignments that are predicted to lose more are not emulated."""
    lamarckian: bool = True
    """A child's genes begin with the assignment that was chosen for its parent."""


class SearchConfig(Section):
    """The campaign."""

    algorithm: Name = "nsga2"
    """What proposes candidates: a name of `evoapproxnas.search.algorithms`."""
    options: dict[Name, Any] = {}
    """Of that algorithm, as its class says."""
    mode: Literal["generational", "steady"] = "generational"
    """generational: the same choices with any number of workers; steady: all workers always busy,
    whatever finishes is selected from at once."""
    objectives: Values[Name] = ("error", "energy_nj")
    """Where none are given, those that the problem has by default."""
    limits: dict[Name, float] = {}
    """Worst acceptable value by figure name; candidates beyond one lose to all within."""
    population: int = Field(8, ge=2, le=10**6)
    """Candidates of a generation."""
    generations: int = Field(10, ge=0, le=10**6)
    """After the initial one."""
    max_evaluations: Count | None = None
    """Stop after so many candidates were evaluated (None: do not)."""
    max_hours: float | None = Field(None, gt=0, le=1e6)
    """Stop after so long, over all sessions (None: do not)."""
    mutation_rate: float = Field(0.05, gt=0, le=1)
    """Probability that a gene is redrawn; mutation repeats until the network changes."""
    crossover_rate: float = Field(0.0, ge=0, le=1)
    """Probability that an offspring has two parents; off by default, as in the paper."""
    operators: dict[Name, Weight] = {}
    """Relative frequency by operator of `evoapproxnas.networks.operators`; none: genes are redrawn
    at the mutation rate, wherever they are, as in the paper."""
    adapt_rates: bool = False
    """Operators whose children survive are used more often."""
    shrink_every: Count | None = None
    """After so many generations each, operators stop to use the worst value of every parameter of
    the space (None: they use all values to the end)."""
    init: Values[PlacePath] = ()
    """First candidates: names of the zoo, `run:NAME` for the front of an earlier run, or files of
    designs."""
    fill: Literal["draw", "vary"] = "draw"
    """What completes the first generation beside `init`: candidates drawn at random, or variations
    of those of `init`."""
    reuse: Values[PlacePath] = ()
    """Runs whose trainings are taken over where data, recipe and budget agree."""
    reject: bool = False
    """Leave out candidates that could not enter the front whatever an evaluation gave."""


class FinishConfig(Section):
    """The finish: members of the front trained for long, assigned again, and fine-tuned."""

    top: Count = 3
    """How many architectures are finished: those that add most hypervolume to the front."""
    members: Values[Name] = ()
    """Ids on the front that are finished instead, such as g03-05."""
    passes: Count = 60
    """Over all training images."""
    begin: Literal["search", "scratch"] = "scratch"
    """search: with the weights that the search left; scratch: with new ones."""
    learning_rate: float | None = Field(None, gt=0, le=1e6)
    """Highest rate of that training (None: training.learning_rate)."""
    batch_size: Count | None = None
    """Images per step of that training (None: training.batch_size)."""
    schedule: Literal["one_cycle", "cosine", "triangular"] | None = None
    """Of that training (None: training.schedule; one_cycle where that never falls)."""
    teacher: Literal["none", "own", "best"] = "none"
    """own: a network with multipliers learns from its float self; best: all learn from the float
    network of the member with the least error, which is one of the top, and trained first."""
    points: Count = 4
    """How many assignments of each network are fine-tuned, spread in energy."""
    circuits: int = Field(24, ge=1, le=1000)
    """How many of space.multipliers a layer chooses from."""
    bits: Values[int | Name] = (6, 5, 4)
    """Exact multipliers of such narrower operands are choices, too: 6, or "a6w4"."""
    images: Count | None = None
    """Validation images on which assignments are measured (None: all)."""
    sensitivity_images: Count = 500
    """Of these, for the sensitivity of single layers."""
    verify: Count = 40
    """How many assignments are emulated, beside exact 8-bit and those of the front."""
    max_loss_points: float = Field(10.0, gt=0, le=100)
    """Assignments that lose more before they are fine-tuned are left out."""
    per_channel: bool | None = None
    """Weights with a scale for each output channel (None: quantization.per_channel)."""
    tune_weights: bool | None = None
    """Weight codes with the better products (None: quantization.tune_weights)."""
    range_method: RangeMethodName | None = None
    """Of activations (None: quantization.range_method)."""
    baselines: Values[int | Name] = (8, 6, 5, 4)
    """Exact multipliers of such operand widths, fine-tuned alike: the line to beat."""
    finetune_passes: Count = 4
    """Over all training images, through the multipliers."""
    finetune_learning_rate: float = Field(0.01, gt=0, le=1e6)
    """Of the first step of fine-tuning."""
    finetune_batch_size: Count = 128
    """Images per step of it."""
    gradient: Literal["ste", "table"] = "ste"
    """Slope of a product in fine-tuning: the exact one, or that of the smoothed table."""
    turn_seconds: float = Field(120.0, ge=0, le=1e8)
    """How long a worker trains until it hands back the state, from which training goes on after a
    kill; at least for one pass."""
    timeout_seconds: Seconds = 3600.0
    """Limit of one turn, or of finding and measuring assignments."""
