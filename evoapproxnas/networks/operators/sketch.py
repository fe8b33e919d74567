"""The active nodes of a genotype as a graph that is easily changed, and still knows its origin."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from evoapproxnas.cgp import ActiveNode, Genotype, Phenotype, active_nodes, phenotype

IMAGE = -1
"""Stands for the network's input among the numbers of steps."""

Origin = tuple[int, int]
"""Number of a parent, and position among its active nodes."""


@dataclass(frozen=True)
class Step:
    """One node.

    Attributes:
        function: function gene.
        inputs: numbers of the steps it reads, or `IMAGE`.
        parameters: parameter genes.
        origin: the node it was before; None for a new one.
        place: where in the grid it shall stay; None for anywhere.
    """

    function: int
    inputs: tuple[int, ...]
    parameters: tuple[int, ...]
    origin: Origin | None = None
    place: int | None = None


@dataclass(frozen=True)
class Sketch:
    """Steps by number, in any order, and the number of the one that is the output."""

    steps: Mapping[int, Step]
    output: int

    @classmethod
    def of(cls, genotype: Genotype, *, parent: int = 0, first: int = 0) -> "Sketch":
        """Read the active nodes of a genotype.

        Args:
            genotype: of a grid with one input and one output.
            parent: its number.
            first: number of its first step.
        """
        program, places = phenotype(genotype), active_nodes(genotype).tolist()

        def step(source: int) -> int:
            return IMAGE if source < program.inputs else first + source - program.inputs

        steps = {
            first + position: Step(
                node.function,
                tuple(step(source) for source in node.inputs),
                node.parameters,
                (parent, position),
                places[position],
            )
            for position, node in enumerate(program.nodes)
        }
        return cls(steps, step(program.outputs[0]))

    def with_step(self, number: int, step: Step) -> "Sketch":
        """Return the sketch with a step added or exchanged."""
        return replace(self, steps={**self.steps, number: step})

    def with_parameter(self, number: int, slot: int, gene: int) -> "Sketch":
        """Return the sketch with another value of a parameter gene."""
        step = self.steps[number]
        parameters = (*step.parameters[:slot], gene, *step.parameters[slot + 1 :])
        return self.with_step(number, replace(step, parameters=parameters))

    def redirected(self, old: int, new: int) -> "Sketch":
        """Return the sketch in which all that read `old` read `new`, the output as well."""
        steps = {
            number: replace(step, inputs=tuple(new if x == old else x for x in step.inputs))
            for number, step in self.steps.items()
        }
        return Sketch(steps, new if self.output == old else self.output)

    def readers(self, number: int) -> list[int]:
        """Return the steps that read a step, one for each time."""
        return [n for n, step in self.steps.items() for source in step.inputs if source == number]

    def needed(self, number: int) -> list[int]:
        """Return what a step depends on, and itself, inputs before consumers."""
        order: dict[int, None] = {}
        waiting = [(number, False)]
        while waiting:
            current, inputs_done = waiting.pop()
            if inputs_done:
                order[current] = None
            elif current != IMAGE and current not in order:
                waiting.append((current, True))
                waiting.extend((x, False) for x in reversed(self.steps[current].inputs))
        return list(order)

    def program(self) -> tuple[Phenotype, tuple[Step, ...]]:
        """Return the nodes that the output depends on, and their steps in the same order."""
        order = self.needed(self.output)
        number = {IMAGE: 0} | {step: place for place, step in enumerate(order, start=1)}
        steps = tuple(self.steps[step] for step in order)
        nodes = tuple(
            ActiveNode(step.function, tuple(number[x] for x in step.inputs), step.parameters)
            for step in steps
        )
        return Phenotype(1, nodes, (number[self.output],)), steps
