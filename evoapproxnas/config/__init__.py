"""The configuration of a run: frozen, typed sections that read and write as TOML.

A configuration is resolved in this order, later wins: defaults, preset, TOML file, `--set`.
Unknown keys and values of the wrong type raise `ConfigError` naming the key and the nearest
known one. Lists that describe the search space keep their order: the order is the gene's value.

section    what they are made of
sections   the keys, their defaults and bounds
search     likewise, of the search and the finish
hardware   likewise, of accelerators
places     paths that mean the same from everywhere
loading    from preset, file and settings to a configuration
precision  in which trainings are fastest on this machine
changes    what may change when a run is resumed
presets/   configurations that come with the package
"""

from evoapproxnas.config.changes import MAY_CHANGE, flat, may_change
from evoapproxnas.config.hardware import MULTIPLIER_ENERGY, SYSTEM_FIGURES, HardwareConfig
from evoapproxnas.config.loading import (
    load_config,
    parse_config,
    parse_settings,
    presets,
    read_toml,
)
from evoapproxnas.config.search import (
    AssignmentConfig,
    FinishConfig,
    InheritanceConfig,
    RungsConfig,
    SearchConfig,
)
from evoapproxnas.config.sections import (
    DataConfig,
    ExecutionConfig,
    GridConfig,
    QuantizationConfig,
    RunConfig,
    SpaceConfig,
    TabularConfig,
    TrainingConfig,
)

__all__ = [
    "MAY_CHANGE",
    "MULTIPLIER_ENERGY",
    "SYSTEM_FIGURES",
    "AssignmentConfig",
    "DataConfig",
    "ExecutionConfig",
    "FinishConfig",
    "GridConfig",
    "HardwareConfig",
    "InheritanceConfig",
    "QuantizationConfig",
    "RunConfig",
    "RungsConfig",
    "SearchConfig",
    "SpaceConfig",
    "TabularConfig",
    "TrainingConfig",
    "flat",
    "load_config",
    "may_change",
    "parse_config",
    "parse_settings",
    "presets",
    "read_toml",
]
