"""A design as JSON: a network that a search may start from, whatever its grid and value lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from evoapproxnas.errors import ConfigError
from evoapproxnas.files import decode_json, encode_json, read_text, write_atomically
from evoapproxnas.networks.encoding import Node

_FORMAT = 1


@dataclass(frozen=True)
class _NodeRecord:
    """A `Node` in a file."""

    kind: str
    inputs: tuple[int, ...]
    values: Mapping[str, bool | int | float | str]


@dataclass(frozen=True)
class _Record:
    """What a file holds.

    Attributes:
        genome: where it is from, for people; nothing of it is read.
    """

    format: int
    nodes: tuple[_NodeRecord, ...]
    genome: Mapping[str, Any] = field(default_factory=dict)


def write_design(file: Path, design: Sequence[Node]) -> None:
    """Write a design, as `design_of` reads it off a genotype.

    Args:
        file: its path.
        design: the nodes.

    Raises:
        StoreError: the file cannot be written.
    """
    write_atomically(file, design_text(design))


def design_text(design: Sequence[Node], *, genome: Mapping[str, Any] | None = None) -> str:
    """Return what `write_design` writes, with what else one wants to say of the design."""
    nodes = [{"kind": n.kind, "inputs": n.inputs, "values": dict(n.values)} for n in design]
    record = {"format": _FORMAT, "nodes": nodes, **({"genome": genome} if genome else {})}
    return encode_json(record, indent=1) + "\n"


def read_design(file: Path) -> tuple[Node, ...]:
    """Read a design; `adopt` says whether a search space has what it needs.

    Args:
        file: its path.

    Raises:
        ConfigError: the file cannot be read, or holds no design.
    """
    text = read_text(file, error=ConfigError)
    record = decode_json(_Record, text, where=str(file), error=ConfigError)
    if record.format != _FORMAT or not record.nodes:
        raise ConfigError(
            f"{file}: expected the nodes of a design in format {_FORMAT}, got "
            f"{len(record.nodes)} in format {record.format}; a newer version of evoapproxnas may "
            f"have written it"
        )
    return tuple(Node(node.kind, node.inputs, node.values) for node in record.nodes)
