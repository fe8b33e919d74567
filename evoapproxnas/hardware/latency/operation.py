"""What a runtime executes at a time: an operation of a network with all that is fused into it."""

import math
from dataclasses import dataclass
from functools import cached_property

from evoapproxnas.errors import ConfigError
from evoapproxnas.networks.checked_ops import Side, make_op, read_attribute
from evoapproxnas.networks.ops import PRIMITIVES, Op, Shape

Value = bool | int | float | str | tuple[int, ...]

_MULTIPLIER = "exact8"
"""No runtime here knows of others: latency does not depend on the multiplier."""


@dataclass(frozen=True)
class Step:
    """A primitive operation without what does not decide its time.

    Attributes:
        kind: key of `networks.PRIMITIVES`.
        attributes: sorted (name, value) pairs, the multiplier left out.
    """

    kind: str
    attributes: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, op: Op, **changed: Value) -> "Step":
        """Return the step that an operation of a network is."""
        values = {**dict(op.attributes), **changed}
        values.pop("multiplier", None)
        return cls(op.kind, tuple(sorted(values.items())))

    def __str__(self) -> str:
        """Return the kind, and the attributes in brackets."""
        values = ", ".join(f"{name} {_told(value)}" for name, value in self.attributes)
        return f"{self.kind} ({values})" if values else self.kind


@dataclass(frozen=True)
class Operation:
    """Steps one after another that a runtime executes as one, on maps of certain shapes.

    Attributes:
        inputs: shapes of what the first step reads, without the batch axis.
        steps: the first one, and those that are fused into it.
    """

    inputs: tuple[tuple[Side, ...], ...]
    steps: tuple[Step, ...]

    @property
    def kind(self) -> str:
        """Kind of the first step; of an activation also its function."""
        first = self.steps[0]
        return dict(first.attributes)["function"] if first.kind == "activation" else first.kind  # type: ignore[return-value]

    @cached_property
    def name(self) -> str:
        """Text that says all of it: "conv2d (...) + activation (function relu) of 8x8x16"."""
        return f"{self.family} of {', '.join(map(_told, self.inputs))}"

    @cached_property
    def family(self) -> str:
        """The name without shapes and channels: what interpolation never mixes."""
        return " + ".join(map(str, self.steps))

    @cached_property
    def ops(self) -> tuple[Op, ...]:
        """The primitive operations; the first reads "in0" (and "in1"), the others the one before.

        Raises:
            ConfigError: for attributes or shapes that make no operation.
            UnknownNameError: for an unknown kind.
        """
        if not self.steps:
            raise ConfigError("an operation of a latency table has no steps")
        shapes = {f"in{place}": shape for place, shape in enumerate(self.inputs)}
        reads = tuple(shapes)
        found: list[Op] = []
        for place, step in enumerate(self.steps):
            if list(step.attributes) != sorted(dict(step.attributes).items()):
                raise ConfigError(
                    f"step {step}: expected each attribute once, in the order of the alphabet"
                )
            attributes = {
                name: read_attribute(step.kind, name, value) for name, value in step.attributes
            }
            if step.kind in PRIMITIVES and "multiplier" in PRIMITIVES[step.kind].attributes:
                attributes["multiplier"] = _MULTIPLIER
            op = make_op(
                f"step{place}",
                step.kind,
                shapes,
                attributes,
                reads=reads,
                node=1,
                node_kind="measured",
            )
            shapes[op.name] = op.shape
            reads = (op.name,)
            found.append(op)
        return tuple(found)

    @property
    def output(self) -> Shape:
        """Shape of the result."""
        return self.ops[-1].shape

    @property
    def macs(self) -> int:
        """Multiply-accumulate operations."""
        return sum(op.macs for op in self.ops)

    @property
    def elements(self) -> int:
        """Values read and written, weights included."""
        maps = sum(math.prod(shape) for shape in (*self.inputs, self.output))
        return maps + sum(op.parameters for op in self.ops)


def _told(value: Value) -> str:
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
