"""The configuration of a run: frozen, typed sections that read and write as TOML.

A configuration is resolved in this order, later wins: defaults, preset, TOML file, `--set`.
Unknown keys and values of the wrong type raise `ConfigError` naming the key and the nearest
known one. Lists that describe the search space keep their order: the order is the gene's value.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evoapproxnas.errors import ConfigError, did_you_mean, unknown_name
from evoapproxnas.files import read_text, shown
from evoapproxnas.quantization import Quantization, WeightScheme

MAY_CHANGE = (
    "search.generations",
    "search.max_evaluations",
    "search.max_hours",
    "execution.*",
    "data.data_dir",
)
"""Keys that a run may be resumed with another value of: they decide no choice of the search."""

_MOST_NODES = 100_000
_LONGEST_FILE = 1_000_000
_MOST_ERRORS = 5

T = TypeVar("T")
Values = Annotated[tuple[T, ...], Field(strict=False, max_length=1000)]
"""A list of the search space; its order is the gene's value."""
Name = Annotated[str, Field(min_length=1, max_length=1000)]
PlacePath = Annotated[str, Field(min_length=1, max_length=4096)]
Count = Annotated[int, Field(ge=1, le=10**9)]
Seconds = Annotated[float, Field(gt=0, le=1e8)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class GridConfig(_Section):
    """The CGP grid."""

    rows: int = Field(10, ge=1, le=_MOST_NODES)
    columns: int = Field(30, ge=1, le=_MOST_NODES)
    levels_back: int = Field(5, ge=1, le=_MOST_NODES)


class SpaceConfig(_Section):
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
    activations: Values[Name] = ("relu", "elu", "leakyrelu", "prelu")
    conv_activations: Values[Name] = ("relu", "elu")
    conv_kernels: Values[Count] = (2, 3)
    residual_kernels: Values[Count] = (3, 4)
    channels: Values[Count] = (32, 40, 48, 64, 80, 96, 112, 128)
    strides: Values[Count] = (1, 2)
    factors: Values[float] = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
    dropout_min: Values[float] = (0.05, 0.10, 0.15)
    dropout_max: Values[float] = (0.20, 0.25, 0.30)
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
    min_macs: int = Field(0, ge=0, le=10**15)
    """Fewest multiply-accumulate operations for one image."""
    max_macs: int = Field(40_000_000, ge=1, le=10**15)
    """Most multiply-accumulate operations for one image."""
    max_parameters: int = Field(2_000_000, ge=1, le=10**15)
    min_spatial: Count = 2
    """Smallest height and width, in pixels, that a feature map may have."""


class DataConfig(_Section):
    """The data set, its folder and how much of it is used."""

    dataset: PlacePath = "digits"
    data_dir: PlacePath | None = None
    train_images: Count | None = None
    """Use only so many training images (None: all but the validation split)."""
    validation_images: Count | None = None
    """Use only so many images of the fixed validation split (None: all of it)."""
    test_images: Count | None = None
    augment: bool = True
    """Random crop and flip, for data sets where they make sense."""


class TrainingConfig(_Section):
    """How one candidate is trained."""

    epochs: Count = 10
    batch_size: Count = 64
    optimizer: Literal["sgd", "adam", "adamw"] = "adam"
    learning_rate: float = Field(4e-3, gt=0, le=1e6)
    """Highest rate of the schedule."""
    schedule: Literal["one_cycle", "cosine"] = "one_cycle"
    """one_cycle: a rise over a fifth of the steps, then a cosine to zero; cosine: no rise."""
    weight_decay: float = Field(0.0, ge=0, le=1e6)
    """On kernels only: L2 for sgd and adam, decoupled for adamw."""
    label_smoothing: float = Field(0.0, ge=0, lt=1)
    ema_decay: float = Field(0.0, ge=0, lt=1)
    """Above 0, training ends with a moving average of the weights that forgets so slowly."""
    clip_norm: float = Field(0.0, ge=0)
    """Above 0, gradients whose norm over all variables is larger are scaled down to it."""
    max_seconds: Seconds | None = None
    """Wall-clock budget; training stops after the batch that exceeds it."""


class QuantizationConfig(_Section):
    """How convolutions are quantized and emulated: a `Quantization` (DESIGN section 3)."""

    weight_scheme: WeightScheme = "sign_magnitude"
    error_correction: bool = True
    per_channel: bool = False
    activation_bits: int = Field(8, ge=2, le=8)
    """Width of the activations' codes, for the same 8-bit tables."""
    weight_bits: int = Field(8, ge=2, le=8)
    tune_weights: bool = False
    """Replace weight codes by those with the better products (ALWANN), without training."""
    range_method: Literal["minmax", "percentile", "moving_average"] = "minmax"
    """How activation ranges follow from the calibration images."""
    calibration_images: Count = 256
    kernel: Name = "auto"

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


class SearchConfig(_Section):
    """The campaign."""

    algorithm: Name = "nsga2"
    """What proposes candidates: a name of `evoapproxnas.search.algorithms`."""
    objectives: Values[Name] = ("error", "energy_nj")
    limits: dict[Name, float] = {}
    """Worst acceptable value by figure name; candidates beyond one lose to all within."""
    population: int = Field(8, ge=2, le=10**6)
    generations: int = Field(10, ge=0, le=10**6)
    max_evaluations: Count | None = None
    max_hours: float | None = Field(None, gt=0, le=1e6)
    mutation_rate: float = Field(0.05, gt=0, le=1)
    """Probability that a gene is redrawn; mutation repeats until the network changes."""
    crossover_rate: float = Field(0.0, ge=0, le=1)
    """Probability that an offspring has two parents; off by default, as in the paper."""


class ExecutionConfig(_Section):
    """Where candidates are evaluated, and the limits of one evaluation."""

    workers: int = Field(2, ge=1, le=10_000)
    threads_per_worker: int = Field(1, ge=1, le=10_000)
    timeout_seconds: Seconds = 900.0
    memory_gb: float = Field(8.0, gt=0, le=1e6)
    """Resident memory of one worker, in GiB, above which its candidate is a failure."""


class RunConfig(_Section):
    """Everything that decides a run, down to the seed."""

    problem: Name = "cnn"
    """What is searched: a name of `evoapproxnas.problems`."""
    seed: int = Field(0, ge=0, lt=2**63)
    grid: GridConfig = GridConfig()
    space: SpaceConfig = SpaceConfig()
    data: DataConfig = DataConfig()
    training: TrainingConfig = TrainingConfig()
    quantization: QuantizationConfig = QuantizationConfig()
    search: SearchConfig = SearchConfig()
    execution: ExecutionConfig = ExecutionConfig()

    def to_toml(self) -> str:
        """Serialize; keys that are None are left out, as TOML has no null."""
        return tomli_w.dumps(self.model_dump(mode="json", exclude_none=True))

    @property
    def decisive(self) -> dict[str, Any]:
        """Value by dotted key of what decides the choices of a search: all but `MAY_CHANGE`.

        Keys at their default are left out, so that a later version with more keys gives the same.
        """
        values = flat(self.model_dump(mode="json", exclude_defaults=True))
        return {
            key: value
            for key, value in sorted(values.items())
            if not any(fnmatchcase(key, pattern) for pattern in MAY_CHANGE)
        }

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of `decisive` as canonical JSON; what a resumed run must agree with."""
        text = json.dumps(self.decisive, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def with_absolute_paths(self) -> "RunConfig":
        """Return the same with folders and files that mean the same from everywhere.

        A data set file is looked for in `data.data_dir` if there is one, else from here.
        """
        data, space = self.data, self.space
        data_dir, library = _absolute(data.data_dir), _absolute(space.library)
        dataset = data.dataset
        if data_dir is None and dataset.endswith(".npz") and Path(dataset).expanduser().exists():
            dataset = str(Path(dataset).expanduser().absolute())
        return self.model_copy(
            update={
                "data": data.model_copy(update={"data_dir": data_dir, "dataset": dataset}),
                "space": space.model_copy(update={"library": library}),
            }
        )


_NOT_TOML = (ValueError, RecursionError)
"""What tomllib raises: its own error is a ValueError, as that of numbers with too many digits."""


def presets() -> list[str]:
    """Names of the configurations that come with the package."""
    folder = resources.files("evoapproxnas") / "presets"
    return sorted(
        f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith("toml")
    )


def load_config(
    *,
    preset: str | None = None,
    file: Path | None = None,
    values: Mapping[str, Any] | None = None,
    settings: Iterable[str] = (),
) -> RunConfig:
    """Resolve a configuration: defaults, then preset, TOML file, values, and settings.

    Args:
        preset: one of `presets()`.
        file: TOML with the sections of `RunConfig`; it may leave out what it does not change.
        values: by key, or by section and key; None changes nothing.
        settings: `section.key=value` strings; values read as TOML, bare words as strings.

    Raises:
        ConfigError: unknown key, wrong type, unreadable file, malformed setting.
        UnknownNameError: unknown preset.
    """
    resolved: dict[str, Any] = {}
    if preset is not None:
        _merge(resolved, _read_preset(preset))
    if file is not None:
        _merge(resolved, read_toml(file))
    _merge(resolved, _given(values or {}))
    for setting in settings:
        _merge(resolved, _parse_setting(setting))
    return parse_config(resolved)


def parse_config(values: Mapping[str, Any]) -> RunConfig:
    """Validate plain values, as TOML gives them, into a configuration.

    Raises:
        ConfigError: unknown key or wrong value, naming the key.
    """
    try:
        config = RunConfig.model_validate(values)
    except ValidationError as error:
        told = [_explain(e) for e in error.errors(include_url=False)]
        more = f"; and {len(told) - _MOST_ERRORS} more" if len(told) > _MOST_ERRORS else ""
        raise ConfigError("; ".join(told[:_MOST_ERRORS]) + more) from None
    _check_consistent(config)
    return config


def _check_consistent(config: RunConfig) -> None:
    space, objectives, grid = config.space, config.search.objectives, config.grid
    if grid.rows * grid.columns > _MOST_NODES:
        raise ConfigError(
            f"grid: expected at most {_MOST_NODES:,} nodes, got {grid.rows:,} rows of "
            f"{grid.columns:,} columns; lower grid.rows or grid.columns"
        )
    if space.min_macs > space.max_macs:
        raise ConfigError(
            f"space.min_macs {space.min_macs} exceeds space.max_macs {space.max_macs}"
        )
    if space.min_depth > space.max_depth:
        raise ConfigError(
            f"space.min_depth {space.min_depth} exceeds space.max_depth {space.max_depth}"
        )
    if len(objectives) < 2 or len(set(objectives)) < len(objectives):
        raise ConfigError(f"search.objectives needs two different names, got {list(objectives)}")


def _explain(error: Any) -> str:
    path = [part for part in error["loc"] if isinstance(part, str)]
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        section: Any = RunConfig
        for part in path[:-1]:
            section = section.model_fields[part].annotation
        return f"unknown configuration key {key!r}; {did_you_mean(path[-1], section.model_fields)}"
    return f"configuration key {key!r}: {error['msg']}, got {shown(error['input'])}"


def _read_preset(name: str) -> dict[str, Any]:
    if name not in presets():
        raise unknown_name("preset", name, presets())
    text = (resources.files("evoapproxnas") / "presets" / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def read_toml(file: Path) -> dict[str, Any]:
    """Read the plain values of a TOML file.

    Raises:
        ConfigError: if it cannot be read, or is no TOML.
    """
    text = read_text(file, error=ConfigError)
    if len(text) > _LONGEST_FILE:
        raise ConfigError(f"{file} is no configuration: it has {len(text):,} characters")
    try:
        return tomllib.loads(text)
    except _NOT_TOML as error:
        raise ConfigError(f"{file} is not valid TOML: {error}") from None


def _parse_setting(setting: str) -> dict[str, Any]:
    key, equals, text = setting.partition("=")
    if not equals or not key.strip():
        raise ConfigError(f"expected section.key=value, got {shown(setting)}")
    value: Any = text.strip()
    try:
        read = tomllib.loads(f"value = {text}")
    except _NOT_TOML:
        pass  # A bare word.
    else:
        value = read["value"] if len(read) == 1 else value
    parts = key.strip().split(".")
    if len(parts) > 3:
        raise ConfigError(f"expected section.key=value, got {shown(setting)}")
    for part in reversed(parts):
        value = {part: value}
    return dict(value)


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return values by dotted key; what a section holds stays as it is."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        inner = isinstance(value, Mapping) and not prefix
        found |= flat(value, f"{key}.") if inner else {prefix + key: value}
    return found


def _absolute(path: str | None) -> str | None:
    return None if path is None else str(Path(path).expanduser().absolute())


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out None, within sections too."""
    inner = {k: _given(v) if isinstance(v, Mapping) else v for k, v in values.items()}
    return {key: value for key, value in inner.items() if value is not None}


def _merge(values: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for key, change in changes.items():
        if isinstance(change, Mapping) and isinstance(values.get(key), dict):
            _merge(values[key], change)
        else:
            values[key] = dict(change) if isinstance(change, Mapping) else change
