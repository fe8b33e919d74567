"""The configuration of a run: frozen, typed sections that read and write as TOML.

A configuration is resolved in this order, later wins: defaults, preset, TOML file, `--set`.
Unknown keys and values of the wrong type raise `ConfigError` naming the key and the nearest
known one. Lists that describe the search space keep their order: the order is the gene's value.
"""

import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from evoapproxnas.errors import ConfigError, did_you_mean, unknown_name


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GridConfig(_Section):
    """The CGP grid."""

    rows: int = Field(10, ge=1)
    columns: int = Field(30, ge=1)
    levels_back: int = Field(5, ge=1)


class SpaceConfig(_Section):
    """Node kinds, their parameter values and the limits of a network (DESIGN section 4)."""

    nodes: tuple[str, ...] = (
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
    activations: tuple[str, ...] = ("relu", "elu", "leakyrelu", "prelu")
    conv_activations: tuple[str, ...] = ("relu", "elu")
    conv_kernels: tuple[int, ...] = (2, 3)
    residual_kernels: tuple[int, ...] = (3, 4)
    channels: tuple[int, ...] = (32, 40, 48, 64, 80, 96, 112, 128)
    strides: tuple[int, ...] = (1, 2)
    factors: tuple[float, ...] = (1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
    dropout_min: tuple[float, ...] = (0.05, 0.10, 0.15)
    dropout_max: tuple[float, ...] = (0.20, 0.25, 0.30)
    multipliers: tuple[str, ...] = (
        "mul8u_exact", "mul8u_or*", "mul8u_bam*", "mul8u_trunc*", "mul8u_bcsm*"
    )  # fmt: skip
    """Names or shell patterns over the library; every convolution picks one of the matches.

    The default leaves out evolved circuits: their errors ignore which operands networks have.
    """
    library: str | None = None
    """Folder of one more library, beside the bundled one and the user's own."""
    min_depth: int = Field(2, ge=1)
    """Fewest active nodes from input to output."""
    max_depth: int = Field(20, ge=1)
    min_macs: int = Field(0, ge=0)
    """Fewest multiply-accumulate operations for one image."""
    max_macs: int = Field(40_000_000, ge=1)
    """Most multiply-accumulate operations for one image."""
    max_parameters: int = Field(2_000_000, ge=1)
    min_spatial: int = Field(2, ge=1)
    """Smallest height and width, in pixels, that a feature map may have."""


class DataConfig(_Section):
    """The data set, its folder and how much of it is used."""

    dataset: str = "digits"
    data_dir: str | None = None
    train_images: int | None = Field(None, ge=1)
    """Use only so many training images (None: all but the validation split)."""
    validation_images: int | None = Field(None, ge=1)
    """Use only so many images of the fixed validation split (None: all of it)."""
    test_images: int | None = Field(None, ge=1)
    augment: bool = True
    """Random crop and flip, for data sets where they make sense."""


class TrainingConfig(_Section):
    """How one candidate is trained."""

    epochs: int = Field(10, ge=1)
    batch_size: int = Field(64, ge=1)
    optimizer: Literal["sgd", "adam", "adamw"] = "adam"
    learning_rate: float = Field(4e-3, gt=0)
    """Highest rate of the schedule."""
    schedule: Literal["one_cycle", "cosine"] = "one_cycle"
    """one_cycle: a rise over a fifth of the steps, then a cosine to zero; cosine: no rise."""
    weight_decay: float = Field(0.0, ge=0)
    """On kernels only: L2 for sgd and adam, decoupled for adamw."""
    label_smoothing: float = Field(0.0, ge=0, lt=1)
    ema_decay: float = Field(0.0, ge=0, lt=1)
    """Above 0, training ends with a moving average of the weights that forgets so slowly."""
    clip_norm: float = Field(0.0, ge=0)
    """Above 0, gradients whose norm over all variables is larger are scaled down to it."""
    max_seconds: float | None = Field(None, gt=0)
    """Wall-clock budget; training stops after the batch that exceeds it."""


class QuantizationConfig(_Section):
    """How convolutions are quantized and emulated (DESIGN section 3)."""

    weight_scheme: Literal["sign_magnitude", "affine", "symmetric"] = "sign_magnitude"
    error_correction: bool = True
    per_channel: bool = False
    activation_bits: int = Field(8, ge=2, le=8)
    """Width of the activations' codes, for the same 8-bit tables."""
    weight_bits: int = Field(8, ge=2, le=8)
    tune_weights: bool = False
    """Replace weight codes by those with the better products (ALWANN), without training."""
    range_method: Literal["minmax", "percentile", "moving_average"] = "minmax"
    """How activation ranges follow from the calibration images."""
    calibration_images: int = Field(256, ge=1)
    kernel: str = "auto"

    @property
    def exact_multiplier(self) -> str:
        """Name of the exact 8-bit multiplier that the weight scheme calls for."""
        return "exact8s" if self.weight_scheme == "symmetric" else "exact8"

    @property
    def conversion_options(self) -> dict[str, Any]:
        """The options of `approximate` that this section sets."""
        return self.model_dump(exclude={"calibration_images"})


class SearchConfig(_Section):
    """The campaign."""

    algorithm: str = "nsga2"
    """What proposes candidates: a name of `evoapproxnas.search.algorithms`."""
    objectives: tuple[str, ...] = ("error", "energy_nj")
    limits: dict[str, float] = {}
    """Worst acceptable value by figure name; candidates beyond one lose to all within."""
    population: int = Field(8, ge=2)
    generations: int = Field(10, ge=0)
    max_evaluations: int | None = Field(None, ge=1)
    max_hours: float | None = Field(None, gt=0)
    mutation_rate: float = Field(0.05, gt=0, le=1)
    """Probability that a gene is redrawn; mutation repeats until the network changes."""
    crossover_rate: float = Field(0.0, ge=0, le=1)
    """Probability that an offspring has two parents; off by default, as in the paper."""


class ExecutionConfig(_Section):
    """Where candidates are evaluated, and the limits of one evaluation."""

    workers: int = Field(2, ge=1)
    threads_per_worker: int = Field(1, ge=1)
    timeout_seconds: float = Field(900.0, gt=0)
    memory_gb: float = Field(8.0, gt=0)
    """Resident memory of one worker, in GiB, above which its candidate is a failure."""


class RunConfig(_Section):
    """Everything that decides a run, down to the seed."""

    problem: str = "cnn"
    """What is searched: a name of `evoapproxnas.problems`."""
    seed: int = Field(0, ge=0)
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
    settings: Iterable[str] = (),
    values: Mapping[str, Any] | None = None,
) -> RunConfig:
    """Resolve a configuration: defaults, then preset, TOML file, settings and plain values.

    Args:
        preset: one of `presets()`.
        file: TOML with the sections of `RunConfig`; it may leave out what it does not change.
        settings: `section.key=value` strings; values read as TOML, bare words as strings.
        values: sections as mappings, and the seed.

    Raises:
        ConfigError: unknown key, wrong type, unreadable file, malformed setting.
        UnknownNameError: unknown preset.
    """
    resolved: dict[str, Any] = {}
    if preset is not None:
        _merge(resolved, _read_preset(preset))
    if file is not None:
        _merge(resolved, read_toml(file))
    for setting in settings:
        _merge(resolved, _parse_setting(setting))
    _merge(resolved, values or {})
    return parse_config(resolved)


def parse_config(values: Mapping[str, Any]) -> RunConfig:
    """Validate plain values, as TOML gives them, into a configuration.

    Raises:
        ConfigError: unknown key or wrong value, naming the key.
    """
    try:
        config = RunConfig.model_validate(values)
    except ValidationError as error:
        raise ConfigError("; ".join(_explain(e) for e in error.errors())) from None
    _check_consistent(config)
    return config


def _check_consistent(config: RunConfig) -> None:
    space, objectives = config.space, config.search.objectives
    if space.min_depth > space.max_depth:
        raise ConfigError(
            f"space.min_depth {space.min_depth} exceeds space.max_depth {space.max_depth}"
        )
    if len(objectives) < 2 or len(set(objectives)) < len(objectives):
        raise ConfigError(f"search.objectives needs two different names, got {list(objectives)}")


def _explain(error: Any) -> str:
    path = [part for part in error["loc"] if isinstance(part, str)]
    key = ".".join(path)
    if error["type"] == "extra_forbidden":
        section: Any = RunConfig
        for part in path[:-1]:
            section = section.model_fields[part].annotation
        return f"unknown configuration key {key!r}; {did_you_mean(path[-1], section.model_fields)}"
    return f"configuration key {key!r}: {error['msg']}, got {error['input']!r}"


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
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read configuration {file}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} is not valid TOML: {error}") from None


def _parse_setting(setting: str) -> dict[str, Any]:
    key, equals, text = setting.partition("=")
    if not equals or not key.strip():
        raise ConfigError(f"expected section.key=value, got {setting!r}")
    try:
        value: Any = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        value = text.strip()
    for part in reversed(key.strip().split(".")):
        value = {part: value}
    return dict(value)


def _merge(values: dict[str, Any], changes: Mapping[str, Any]) -> None:
    for key, change in changes.items():
        if isinstance(change, Mapping) and isinstance(values.get(key), dict):
            _merge(values[key], change)
        else:
            values[key] = dict(change) if isinstance(change, Mapping) else change
