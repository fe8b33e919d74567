"""Operations checked one after another, as a genotype gives them or a file describes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.files import decode, shown
from evoapproxnas.networks.ops import ACTIVATIONS, PRIMITIVES, Op, Shape, Value

INPUT_NAME = "input"
"""What operations that read the image name as their input; also the name of the Keras input."""

Side = Annotated[int, Field(ge=1, lt=2**31)]
"""Of a map, a window or a list of channels."""

_ATTRIBUTES: Mapping[str, Any] = {
    "kernel": Side,
    "channels": Side,
    "stride": Side,
    "units": Side,
    "groups": Side,
    "before": Annotated[int, Field(ge=0, lt=2**31)],
    "after": Annotated[int, Field(ge=0, lt=2**31)],
    "added": Annotated[int, Field(ge=0, lt=2**31)],
    "bias": bool,
    "multiplier": str,
    "function": Literal[*ACTIVATIONS],
    "pool": tuple[Side, Side],
    "strides": tuple[Side, Side],
    "padding": Literal["same", "valid"],
    "rate": Annotated[float, Field(ge=0, lt=1)],
}
"""Type of each attribute of the primitives."""


@dataclass(frozen=True)
class OpRecord:
    """An operation in a file."""

    name: Annotated[str, Field(pattern="^[A-Za-z0-9_]+$")]
    kind: str
    inputs: tuple[str, ...]
    shape: tuple[int, ...]
    attributes: Mapping[str, Any]
    node: Annotated[int, Field(ge=1)]
    node_kind: str


def make_op(
    name: str,
    kind: str,
    inputs: Mapping[str, Shape],
    attributes: Mapping[str, Value],
    *,
    reads: tuple[str, ...],
    node: int,
    node_kind: str,
) -> Op:
    """Complete an operation with its shape, parameters and MACs.

    Args:
        name: its name.
        kind: key of `PRIMITIVES`.
        inputs: shapes of everything defined before it, by name.
        attributes: exactly those that the primitive declares.
        reads: names of its inputs.
        node: number of its node.
        node_kind: kind of its node.

    Raises:
        ConfigError: an input is not defined or of a shape that the primitive does not take, or
            the attributes are not the declared ones.
        UnknownNameError: `kind` is not a primitive.
    """
    if kind not in PRIMITIVES:
        raise unknown_name("operation", kind, PRIMITIVES)
    rules = PRIMITIVES[kind]
    undefined = [x for x in reads if x not in inputs]
    if undefined or len(reads) != rules.arity or set(attributes) != rules.attributes:
        raise ConfigError(
            f"operation {name!r} ({kind}): expected {rules.arity} earlier operations as inputs "
            f"and attributes {sorted(rules.attributes)}, got {shown(reads)} and "
            f"{sorted(attributes)}"
        )
    shapes = tuple(inputs[x] for x in reads)
    rank = 1 if kind == "dense" else 3
    compared = {shape[:2] if rules.joins else shape for shape in shapes}
    if len(compared) > 1 or any(len(shape) != rank for shape in shapes):
        of_one = "size" if rules.joins else "shape"
        words = "a vector" if rank == 1 else f"maps of one {of_one} (height, width, channels)"
        raise ConfigError(f"operation {name!r} ({kind}): expected {words}, got {shapes}")
    output = rules.shape(shapes, attributes)
    if min(output) < 1:
        raise ConfigError(f"operation {name!r} ({kind}): nothing is left of {shapes[0]}")
    return Op(
        name,
        kind,
        reads,
        output,
        tuple(sorted(attributes.items())),
        node,
        node_kind,
        parameters=rules.parameters(shapes, attributes),
        macs=rules.macs(shapes, output, attributes),
    )


def read_ops(records: Sequence[OpRecord], input_shape: Shape) -> tuple[Op, ...]:
    """Return the operations of a file, each checked against those before it.

    Raises:
        ConfigError: an operation reads what is not defined before it, has another shape or an
            attribute that is none.
        UnknownNameError: an operation of an unknown kind.
    """
    shapes: dict[str, Shape] = {INPUT_NAME: input_shape}
    ops: list[Op] = []
    for record in records:
        op = make_op(
            record.name,
            record.kind,
            shapes,
            {name: read_attribute(record.name, name, v) for name, v in record.attributes.items()},
            reads=record.inputs,
            node=record.node,
            node_kind=record.node_kind,
        )
        if op.name in shapes or op.shape != record.shape:
            raise ConfigError(
                f"operation {op.name!r}: expected a new name and shape {op.shape}, "
                f"got shape {shown(record.shape)}; was it edited by hand?"
            )
        shapes[op.name] = op.shape
        ops.append(op)
    return tuple(ops)


def read_attribute(operation: str, name: str, value: Any) -> Value:
    """Return the value of an attribute as plain data give it.

    Raises:
        ConfigError: if it is of another type, or beyond its bounds.
        UnknownNameError: if no primitive has such an attribute.
    """
    if name not in _ATTRIBUTES:
        raise unknown_name(f"attribute of operation {operation!r}", name, _ATTRIBUTES)
    where = f"operation {operation!r}, attribute {name!r}"
    read: Value = decode(_ATTRIBUTES[name], value, where=where, error=ConfigError)
    return read
