"""The sections of a configuration, their defaults, and which values each key may have."""

from pathlib import Path
from typing import Annotated, Any, Literal

import tomli_w
from pydantic import Field

from evoapproxnas.config.hardware import HardwareConfig
from evoapproxnas.config.places import absolute, absolute_run, absolute_start
from evoapproxnas.config.precision import best_precision
from evoapproxnas.config.search import (
    AssignmentConfig,
    FinishConfig,
    InheritanceConfig,
    RungsConfig,
    SearchConfig,
)
from evoapproxnas.config.section import Count, Name, PlacePath, Seconds, Section, Values
from evoapproxnas.paths import expanded
from evoapproxnas.quantization import Quantization, RangeMethodName, WeightScheme

MOST_NODES = 100_000


class GridConfig(Section):
    """The CGP grid."""

    rows: int = Field(10, ge=1, le=MOST_NODES)
    """Nodes of a column."""
    columns: int = Field(30, ge=1, le=MOST_NODES)
    """How many there are."""
    levels_back: int = Field(5, ge=1, le=MOST_NODES)
    """How many columns before its own a node reads from."""


class SpaceConfig(Section):
    """Node kinds, their parameter values and the limits of a network (DESIGN section 4)."""

    nodes: Values[Name] = (
        "summation",
        "batch_norm",
        "activation",
        "depthwise_conv2d",
        "conv2d",
        "basic_residual",
        "residual_bottleneck",
        "residual_inverted",
        "dropout",
        "max_pooling",
    )
    """Kinds of nodes: names of `evoapproxnas.networks.kinds`, or of other packages'."""
    activations: Values[Name] = ("relu", "elu", "leakyrelu", "prelu")
    """Of the node kind `activation`."""
    conv_activations: Values[Name] = ("relu", "elu")
    """Within nodes that convolve."""
    conv_kernels: Values[Count] = (2, 3)
    """Edges of the windows of plain convolutions, pixels."""
    residual_kernels: Values[Count] = (3, 4)
    """Likewise in residual blocks."""
    depthwise_kernels: Values[Count] = (3, 5)
    """Of the blocks `separable` and `shuffle_unit`."""
    channels: Values[Count] = (32, 40, 48, 64, 80, 96, 112, 128)
    """Of the output of a convolution."""
    strides: Values[Count] = (1, 2)
    """Of nodes that convolve, pixels."""
    factors: Values[float] = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
    """By which bottlenecks narrow, and inverted blocks widen."""
    dropout_min: Values[float] = (0.05, 0.10, 0.15)
    """Lower end of the rate of dropout."""
    dropout_max: Values[float] = (0.20, 0.25, 0.30)
    """Upper end of it."""
    multipliers: Values[Name] = (
        "mul8u_exact", "mul8u_or*", "mul8u_bam*", "mul8u_trunc*", "mul8u_bcsm*"
    )  # fmt: skip
    """Names or shell patterns over the library; every convolution picks one of the matches.

    A name may have operand widths ("mul8u_or*@a7w6"), and narrow exact multipliers imply theirs.

    The default leaves out evolved circuits: their errors ignore which operands networks have.
    """
    library: PlacePath | None = None
    """Folder of one more library, beside the bundled one and the user's own."""
    min_depth: Count = 2
    """Fewest active nodes from input to output."""
    max_depth: Count = 20
    """Most active nodes from input to output."""
    min_macs: int = Field(0, ge=0, le=10**15)
    """Fewest multiply-accumulate operations for one image."""
    max_macs: int = Field(40_000_000, ge=1, le=10**15)
    """Most multiply-accumulate operations for one image."""
    max_parameters: int = Field(2_000_000, ge=1, le=10**15)
    """Most weights, batch norm statistics included."""
    min_spatial: Count = 2
    """Smallest height and width, in pixels, that a feature map may have."""


class DataConfig(Section):
    """The data set, its folder and how much of it is used."""

    dataset: PlacePath = "digits"
    """A registered name, or the path of an `.npz` file."""
    data_dir: PlacePath | None = None
    """Folder that holds it (None: what EVOAPPROXNAS_DATA says, then the Keras cache)."""
    train_images: Count | None = None
    """Use only so many training images (None: all but the validation split)."""
    validation_images: Count | None = None
    """Use only so many images of the fixed validation split (None: all of it)."""
    test_images: Count | None = None
    """Use only so many test images (None: all)."""
    augment: bool = True
    """Random crop and flip, for data sets where they make sense."""
    translation_px: Count | None = None
    """Images are moved by up to so many pixels each way; None: a sixteenth of their side."""
    translation_fill: Literal["zero", "reflect"] = "reflect"
    """What comes in at the sides of a moved image: zeros, or the image reflected there."""
    flips: Literal["random", "alternating"] = "alternating"
    """alternating: every second epoch shows an image the other way round than the one before."""


class TrainingConfig(Section):
    """How one candidate is trained."""

    epochs: Count = 10
    """Passes over the training images where there are no rungs."""
    batch_size: Count = 64
    """Images per step."""
    optimizer: Literal["sgd", "adam", "adamw", "muon"] = "adam"
    """muon: orthogonalized momentum for kernels of hidden layers, Nesterov SGD for the others."""
    learning_rate: float = Field(4e-3, gt=0, le=1e6)
    """Highest rate of the schedule."""
    schedule: Literal["one_cycle", "cosine", "triangular", "constant"] = "one_cycle"
    """one_cycle: a rise over a fifth of the steps, then a cosine to zero; triangular: then a line
    to zero; constant: then no fall; cosine: no rise."""
    bias_rate: float = Field(1.0, gt=0, le=1e6)
    """Factor on the rate of biases, and of gains and offsets of normalizations."""
    weight_decay: float = Field(0.0, ge=0, le=1e6)
    """On kernels only: L2 for sgd and adam, decoupled for adamw and muon (there 0.1 is usual)."""
    label_smoothing: float = Field(0.0, ge=0, lt=1)
    """Part of every label that is spread over all classes."""
    ema_decay: float = Field(0.0, ge=0, lt=1)
    """Above 0, training ends with a moving average of the weights that forgets so slowly."""
    clip_norm: float = Field(0.0, ge=0)
    """Above 0, gradients whose norm over all variables is larger are scaled down to it."""
    distillation_weight: float = Field(0.5, ge=0, le=1)
    """Part of the loss that comes from a teacher, where a training has one."""
    distillation_temperature: float = Field(2.0, gt=0, le=1e6)
    """By which the logits of both are divided before the student is compared with its teacher."""
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    """Of feature maps in training; auto: bfloat16 where the CPU multiplies it (AMX, AVX-512
    BF16), decided when a run is made. Small networks are float32 in any case, and so is
    everything that is measured."""
    max_seconds: Seconds | None = None
    """Wall-clock budget; training stops after the batch that exceeds it."""

    def for_this_machine(self) -> "TrainingConfig":
        """Return the same with a precision that means the same everywhere."""
        if self.precision != "auto":
            return self
        return self.model_copy(update={"precision": best_precision()})


class QuantizationConfig(Section):
    """How convolutions are quantized and emulated: a `Quantization` (DESIGN section 3)."""

    weight_scheme: WeightScheme = "sign_magnitude"
    """Where the sign of a weight goes; symmetric is for signed multipliers."""
    error_correction: bool = True
    """Subtract each output channel's expected product error from the bias."""
    control_variate: bool = False
    """Correct by the sum of each window's activations, at one multiplication for each output."""
    per_channel: bool = False
    """Quantize the weights of each output channel with its own scale."""
    activation_bits: int = Field(8, ge=2, le=8)
    """Width of the activations' codes, for the same 8-bit tables."""
    weight_bits: int = Field(8, ge=2, le=8)
    """Width of the weights' codes."""
    tune_weights: bool = False
    """Replace weight codes by those with the better products (ALWANN), without training."""
    range_method: RangeMethodName = "minmax"
    """How activation ranges follow from the calibration images."""
    calibration_images: Count = 256
    """Training images that fix the ranges."""
    kernel: Name = "auto"
    """Emulation kernel of all layers; auto chooses for each."""

    @property
    def value(self) -> Quantization:
        """The same as layers, `approximate` and `resilience` take it."""
        return Quantization(**self.model_dump(exclude={"calibration_images"}))

    @property
    def exact_multiplier(self) -> str:
        """Name of the exact 8-bit multiplier that the weight scheme calls for."""
        return self.value.exact_multiplier

    @property
    def conversion_options(self) -> dict[str, Any]:
        """The options of `approximate` that this section sets."""
        return self.value.options


class TabularConfig(Section):
    """Networks whose figures stand in a table: problem `nasbench201`."""

    dataset: Name = "cifar10"
    """cifar10, cifar100 or ImageNet16-120."""
    epochs: Literal[12, 200] = 200
    """Of training, after which validation accuracy is known; where there are rungs, these say."""
    training: Literal["mean", "drawn", 0, 1, 2] = "mean"
    """Whose accuracy a search sees after 200 epochs: the mean of two or three trainings with other
    seeds; drawn: one of them, at random for each network, as a search that trains has it; or
    always the one of that number. After 12 epochs there is one."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-fA-F]{64}$")] | None = None
    """Digest of another table of that form (None: the one that the figures of this project were
    made with)."""
    pickle: PlacePath | None = None
    """`HW-NAS-Bench-v1_0.pickle`: costs on more devices and data sets; nothing in it is run."""


class ExecutionConfig(Section):
    """Where candidates are evaluated, and the limits of one evaluation."""

    executor: Literal["inline", "processes", "ray"] = "processes"
    """inline: in the campaign's own process, without limits; processes: on this machine; ray: on
    the nodes of a Ray cluster."""
    ray_address: Name | None = None
    """HOST:PORT of the cluster, or auto (None: what RAY_ADDRESS says, else a Ray of its own)."""
    workers: int = Field(2, ge=1, le=10_000)
    """Candidates at a time, on all machines together."""
    threads_per_worker: int = Field(1, ge=1, le=10_000)
    """Threads of each."""
    timeout_seconds: Seconds = 900.0
    """Wall-clock time after which a candidate is a failure."""
    memory_gb: float = Field(8.0, gt=0, le=1e6)
    """Resident memory of one worker, in GiB, above which its candidate is a failure."""


class RunConfig(Section):
    """Everything that decides a run, down to the seed."""

    problem: Name = "cnn"
    """What is searched: a name of `evoapproxnas.problems`."""
    seed: int = Field(0, ge=0, lt=2**63)
    """Decides all that is random."""
    grid: GridConfig = GridConfig()
    """Of the genotypes."""
    space: SpaceConfig = SpaceConfig()
    """What networks are made of."""
    data: DataConfig = DataConfig()
    """What they classify."""
    training: TrainingConfig = TrainingConfig()
    """How they are trained."""
    quantization: QuantizationConfig = QuantizationConfig()
    """How they are quantized."""
    search: SearchConfig = SearchConfig()
    """How they are searched, and for what."""
    rungs: RungsConfig = RungsConfig()
    """How long they are trained."""
    inheritance: InheritanceConfig = InheritanceConfig()
    """What children begin with."""
    assignment: AssignmentConfig = AssignmentConfig()
    """How multipliers are assigned to their layers."""
    finish: FinishConfig = FinishConfig()
    """What `finalize` does with members of the front."""
    tabular: TabularConfig = TabularConfig()
    """Of problem `nasbench201`."""
    hardware: HardwareConfig = HardwareConfig()
    """What they run on."""
    execution: ExecutionConfig = ExecutionConfig()
    """Where they are evaluated."""

    def to_toml(self) -> str:
        """Return it as TOML; keys that are None are left out, as TOML has no null."""
        return tomli_w.dumps(self.model_dump(mode="json", exclude_none=True))

    def without_hardware(self) -> "RunConfig":
        """Return the same without accelerators, and without objectives and limits about them."""
        search = self.search
        figures = self.hardware.figures
        objectives = tuple(name for name in search.objectives if name not in figures)
        limits = {name: value for name, value in search.limits.items() if name not in figures}
        return self.model_copy(
            update={
                "hardware": self.hardware.without_accelerators(),
                "search": search.model_copy(update={"objectives": objectives, "limits": limits}),
            }
        )

    def for_this_machine(self, runs_dir: Path = Path("runs")) -> "RunConfig":
        """Return what a run keeps of it: the same wherever and on whatever machine it goes on.

        Paths are absolute, and the precision of trainings is decided.

        Args:
            runs_dir: where runs are that are given by name alone.
        """
        training = self.training.for_this_machine()
        return self.with_absolute_paths(runs_dir).model_copy(update={"training": training})

    def with_absolute_paths(self, runs_dir: Path = Path("runs")) -> "RunConfig":
        """Return the same with folders and files that mean the same from everywhere.

        A data set file is looked for in `data.data_dir` if there is one, else from here.

        Args:
            runs_dir: where runs are that are given by name alone.
        """
        data, space, search = self.data, self.space, self.search
        data_dir, library = absolute(data.data_dir), absolute(space.library)
        dataset = data.dataset
        if data_dir is None and dataset.endswith(".npz") and expanded(dataset).exists():
            dataset = str(expanded(dataset).absolute())
        hardware = self.hardware.with_absolute_paths()
        tabular = self.tabular.model_copy(update={"pickle": absolute(self.tabular.pickle)})
        init = tuple(absolute_start(name, runs_dir) for name in search.init)
        reuse = tuple(absolute_run(name, runs_dir) for name in search.reuse)
        return self.model_copy(
            update={
                "data": data.model_copy(update={"data_dir": data_dir, "dataset": dataset}),
                "space": space.model_copy(update={"library": library}),
                "search": search.model_copy(update={"init": init, "reuse": reuse}),
                "tabular": tabular,
                "hardware": hardware,
            }
        )
