"""Accelerators from TOML files: bundled ones by name, others by path."""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from importlib import resources
from typing import Any

import tomli_w

from evoapproxnas.errors import ConfigError, did_you_mean, unknown_name
from evoapproxnas.files import read_text, shown
from evoapproxnas.hardware.accelerators.description import (
    CODE_BITS,
    DATAFLOWS,
    LEVELS,
    OPERANDS,
    Accelerator,
    Memory,
)
from evoapproxnas.hardware.accelerators.technology import access_pj, area_um2
from evoapproxnas.hardware.accelerators.variants import SEPARATOR, varied
from evoapproxnas.paths import expanded

_LARGEST = 10**12
_MOST_PLACES = 4096
_LONGEST_NAME = 200
_MEMORY = (
    "name level operands size_bytes word_bits read_pj write_pj per_element one_port area_um2"
).split()
_ARRAY = (
    "rows columns clock_mhz dataflow sum_bits accumulator_pj accumulator_um2 memory sources"
).split()


def accelerator_names() -> list[str]:
    """Return the names of the accelerators that come with the package."""
    files = resources.files(__package__).iterdir()
    return sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml"))


def load_accelerator(name: str) -> Accelerator:
    """Return an accelerator by its name, or from a file whose name ends in .toml.

    Either may have "@" and what is varied behind it; see `variants`.

    Args:
        name: such as "eyeriss", "my.toml" or "eyeriss@12x14,108KB,any".

    Raises:
        ConfigError: if the file cannot be read, or describes no accelerator, or what is behind
            the "@" makes none.
        UnknownNameError: for an unknown name, with the nearest known ones.
    """
    described, at, text = (name, "", "") if name.endswith(".toml") else name.rpartition(SEPARATOR)
    if not at:
        return _described(name)
    return varied(_described(described), text)


def _described(name: str) -> Accelerator:
    if name.endswith(".toml"):
        path = expanded(name)
        return _parsed(path.stem, read_text(path, error=ConfigError), str(path))
    return _bundled(name)


def accelerator_digest(accelerator: Accelerator) -> str:
    """Return a digest of all figures, 12 hex digits; name, sources and comments do not count.

    Args:
        accelerator: that is told from others.
    """
    figures = {**asdict(accelerator), "name": "", "sources": ()}
    return hashlib.sha256(json.dumps(figures, sort_keys=True).encode()).hexdigest()[:12]


@lru_cache(maxsize=64)
def _bundled(name: str) -> Accelerator:
    if name not in accelerator_names():
        raise unknown_name("accelerator", name, accelerator_names())
    text = (resources.files(__package__) / f"{name}.toml").read_text("utf-8")
    return _parsed(name, text, name)


@lru_cache(maxsize=256)
def _parsed(name: str, text: str, where: str) -> Accelerator:
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{where} is not valid TOML: {error}") from None
    return parse_accelerator(name, values)


def parse_accelerator(name: str, values: Mapping[str, Any]) -> Accelerator:
    """Build an accelerator of plain values, as TOML gives them.

    Args:
        name: that it is given.
        values: by section and key.

    Raises:
        ConfigError: for an unknown key, a wrong value, or memories that cannot work.
    """
    where = f"accelerator {name!r}"
    _check_keys(values, _ARRAY, where)
    memories = values.get("memory")
    if not isinstance(memories, list) or not memories:
        raise ConfigError(f"{where}: expected [[memory]] tables, got {shown(memories)}")
    return Accelerator(
        name=name,
        rows=int(_number(values, "rows", where, most=_MOST_PLACES, whole=True)),
        columns=int(_number(values, "columns", where, most=_MOST_PLACES, whole=True)),
        clock_mhz=_number(values, "clock_mhz", where),
        dataflow=_one_of(values, "dataflow", DATAFLOWS, where),
        # Outputs are codes that sums are made into, and never wider than these.
        sum_bits=int(_number(values, "sum_bits", where, least=CODE_BITS, most=64, whole=True)),
        accumulator_pj=_number(values, "accumulator_pj", where, least=0),
        accumulator_um2=_number(values, "accumulator_um2", where, least=0),
        memories=tuple(_memory(memory, where) for memory in memories),
        sources=_texts(values, "sources", where),
    )


def accelerator_toml(accelerator: Accelerator) -> str:
    """Return an accelerator as TOML, with every energy and area; `load_accelerator` reads it.

    Args:
        accelerator: that is written.
    """
    values = asdict(accelerator)
    memories = values.pop("memories")
    name = values.pop("name")
    text = tomli_w.dumps({**values, "memory": list(memories)})
    return f"# {name}\n{text}" if name.isprintable() else text


def _memory(values: Any, where: str) -> Memory:
    if not isinstance(values, dict):
        raise ConfigError(f"{where}: expected a table for each memory, got {shown(values)}")
    name = values.get("name")
    if not isinstance(name, str) or not re.search(r"\S", name) or len(name) > _LONGEST_NAME:
        raise ConfigError(f"{where}: every memory needs a name, got {shown(name)}")
    where = f"{where}, memory {name!r}"
    _check_keys(values, _MEMORY, where)
    operands = _texts(values, "operands", where)
    if not operands or len(set(operands)) < len(operands) or not set(operands) <= set(OPERANDS):
        raise ConfigError(f"{where}: operands must be some of {OPERANDS}, got {list(operands)}")
    level = _one_of(values, "level", LEVELS, where)
    size = int(_number(values, "size_bytes", where, whole=True))
    word = int(_number(values, "word_bits", where, most=1_000_000, whole=True))
    if 8 * size < word:
        raise ConfigError(
            f"{where}: size_bytes must be room for one word of {word:,} bits, got {size:,} bytes; "
            "word_bits are those of one access"
        )
    energy = access_pj(level, size, word)
    return Memory(
        name=name,
        level=level,
        operands=operands,  # type: ignore[arg-type]
        size_bytes=size,
        word_bits=word,
        read_pj=_number(values, "read_pj", where, least=0, default=energy),
        write_pj=_number(values, "write_pj", where, least=0, default=energy),
        per_element=_flag(values, "per_element", where),
        one_port=_flag(values, "one_port", where),
        area_um2=_number(values, "area_um2", where, least=0, default=area_um2(level, size)),
    )


def _check_keys(values: Mapping[str, Any], known: list[str], where: str) -> None:
    for key in values:
        if key not in known:
            raise ConfigError(f"{where}: unknown key {key!r:.200}; {did_you_mean(key, known)}")


def _number(
    values: Mapping[str, Any],
    key: str,
    where: str,
    *,
    least: float | None = None,
    most: float = _LARGEST,
    whole: bool = False,
    default: float | None = None,
) -> float:
    value = values.get(key, default)
    kinds = (int,) if whole else (int, float)
    if (
        type(value) not in kinds
        or not (0 if least is None else least) <= value <= most
        or (least is None and value == 0)
    ):
        low = "more than 0" if least is None else f"at least {least:g}"
        kind = "a whole number" if whole else "a number"
        raise ConfigError(
            f"{where}: {key} must be {kind}, {low} and at most {most:,g}, got {shown(value)}"
        )
    return float(value)


def _one_of(values: Mapping[str, Any], key: str, known: tuple[Any, ...], where: str) -> Any:
    value = values.get(key)
    if value not in known:
        raise ConfigError(f"{where}: {key} must be one of {', '.join(known)}, got {shown(value)}")
    return value


def _flag(values: Mapping[str, Any], key: str, where: str) -> bool:
    value = values.get(key, False)
    if not isinstance(value, bool):
        raise ConfigError(f"{where}: {key} must be true or false, got {shown(value)}")
    return value


def _texts(values: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = values.get(key, [])
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise ConfigError(f"{where}: {key} must be a list of texts, got {shown(value)}")
    return tuple(value)
