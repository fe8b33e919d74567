"""From preset, file and settings to a configuration."""

import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evoapproxnas.config.hardware import HardwareConfig
from evoapproxnas.config.sections import MOST_NODES, RunConfig
from evoapproxnas.errors import ConfigError, did_you_mean, unknown_name
from evoapproxnas.files import read_text, shown
from evoapproxnas.kernel_names import check_kernel_name

_LONGEST_FILE = 1_000_000
_MOST_ERRORS = 5
_NOT_TOML = (ValueError, RecursionError)
"""What tomllib raises: its own error is a ValueError, as that of numbers with too many digits."""


def presets() -> list[str]:
    """Return the names of the configurations that come with the package."""
    folder = resources.files("evoapproxnas.config") / "presets"
    return sorted(
        f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith("toml")
    )


def load_config(
    *,
    preset: str | None = None,
    file: Path | None = None,
    values: Mapping[str, Any] | None = None,
    settings: Iterable[str] = (),
    fallback: str | None = None,
) -> RunConfig:
    """Resolve a configuration: defaults, then preset, TOML file, values, and settings.

    Args:
        preset: one of `presets()`.
        file: TOML with the sections of `RunConfig`; it may leave out what it does not change.
        values: by key, or by section and key; None changes nothing.
        settings: `section.key=value` strings; values read as TOML, bare words as strings.
        fallback: the preset where neither one nor a file is given, and networks are searched:
            presets are about them.

    Returns:
        The configuration, every value checked.

    Raises:
        ConfigError: unknown key, wrong type, unreadable file, malformed setting.
        UnknownNameError: unknown preset or kernel.
    """
    asked: dict[str, Any] = {} if file is None else read_toml(file)
    _merge(asked, _given(values or {}))
    _merge(asked, parse_settings(settings))
    networks = asked.get("problem", "cnn") == "cnn"
    if preset is None and file is None and networks:
        preset = fallback
    resolved = {} if preset is None else _read_preset(preset)
    _merge(resolved, asked)
    return parse_config(resolved)


def parse_settings(settings: Iterable[str]) -> dict[str, Any]:
    """Read `section.key=value` strings into values by section and key; later ones win.

    Args:
        settings: such as "search.population=16"; the value is TOML, or a bare word.

    Raises:
        ConfigError: for one that is malformed.
    """
    found: dict[str, Any] = {}
    for setting in settings:
        _merge(found, _parse_setting(setting))
    return found


def parse_config(values: Mapping[str, Any]) -> RunConfig:
    """Return the configuration of plain values, as TOML gives them.

    Args:
        values: by section and key.

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
    if grid.rows * grid.columns > MOST_NODES:
        raise ConfigError(
            f"grid: expected at most {MOST_NODES:,} nodes, got {grid.rows:,} rows of "
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
    check_kernel_name(config.quantization.kernel)
    _check_hardware(config)
    if len(objectives) < 2 or len(set(objectives)) < len(objectives):
        raise ConfigError(f"search.objectives needs two different names, got {list(objectives)}")


def _check_hardware(config: RunConfig) -> None:
    """Refuse lists that nothing searches, and searches that nothing decides."""
    hardware, asked = config.hardware, {*config.search.objectives, *config.search.limits}
    lists = {name: values for name, values in hardware.lists.items() if values}
    if hardware.search == "off":
        if lists:
            raise ConfigError(
                f"hardware.{next(iter(lists))} is a list to search, but hardware.search is off; "
                "set it to inner or genes, or leave the list out"
            )
        return
    if all(len(values) < 2 for values in lists.values()):
        keys = ", ".join(f"hardware.{name}" for name in hardware.lists)
        raise ConfigError(
            f"hardware.search is {hardware.search}, but the lists make one accelerator only; give "
            f"several values of at least one of {keys}"
        )
    if hardware.accelerators and hardware.accelerator not in (
        HardwareConfig().accelerator,
        *hardware.accelerators,
    ):
        raise ConfigError(
            f"hardware.accelerator {hardware.accelerator!r} is not among hardware.accelerators; "
            "the grid is made of the latter, so leave the former out"
        )
    if hardware.search == "inner" and hardware.inner_objective not in hardware.figures:
        raise ConfigError(
            f"hardware.inner_objective is {hardware.inner_objective}, which "
            "hardware.latency_table gives for a device; leave the table out, or choose another "
            "figure of accelerators"
        )
    if hardware.search == "genes" and not asked & set(hardware.figures):
        raise ConfigError(
            f"hardware.search is genes, but no objective and no limit depends on the accelerator; "
            f"name one of {', '.join(hardware.figures)} in search.objectives or search.limits"
        )


def _explain(error: Any) -> str:
    path = [part for part in error["loc"] if isinstance(part, str)]
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        section: Any = RunConfig
        for part in path[:-1]:
            section = section.model_fields[part].annotation
        return f"unknown configuration key {key!r}; {did_you_mean(path[-1], section.model_fields)}"
    kinds = {"tuple_type": "expected a list", "dict_type": "expected a table"}
    expected = kinds.get(error["type"], error["msg"])
    expected = expected.removeprefix("Value error, ")
    return f"configuration key {key!r}: {expected}, got {shown(error['input'])}"


def _read_preset(name: str) -> dict[str, Any]:
    if name not in presets():
        raise unknown_name("preset", name, presets())
    text = (resources.files("evoapproxnas.config") / "presets" / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


def read_toml(file: Path) -> dict[str, Any]:
    """Read the plain values of a TOML file.

    Args:
        file: its path.

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


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out None, within sections too."""
    inner = {k: _given(v) if isinstance(v, Mapping) else v for k, v in values.items()}
    return {key: value for key, value in inner.items() if value is not None}


def _merge(values: dict[str, Any], changes: Mapping[str, Any], *, section: bool = True) -> None:
    """Take changes over; within a section, an empty table leaves nothing of what was there."""
    for key, change in changes.items():
        known = values.get(key)
        if isinstance(change, Mapping) and isinstance(known, dict) and (change or section):
            _merge(known, change, section=False)
        else:
            values[key] = dict(change) if isinstance(change, Mapping) else change
