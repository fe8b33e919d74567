"""The models of a BLIF text: their covers as truth tables, and their subcircuits flattened.

Source: Berkeley Logic Interchange Format, University of California, Berkeley, 1992. The first
model is the circuit; the others are what its `.subckt` lines name. Latches are refused.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from evoapproxnas.circuits.truth import truth_of
from evoapproxnas.errors import NetlistError, did_you_mean

_MOST_INPUTS = 16
_MOST_COVERS = 200_000
"""Of a flat circuit: subcircuits of subcircuits multiply faster than a text grows."""


class Cover(NamedTuple):
    """One `.names`: its nets, the output last, its truth table and its place in the text."""

    nets: tuple[str, ...]
    truth: int
    where: str


class _Instance(NamedTuple):
    """One `.subckt`: the name of its model, and the nets at its formal ports."""

    model: str
    nets: Mapping[str, str]
    where: str


@dataclass
class _Table:
    """A `.names` whose rows are still being read."""

    names: tuple[str, ...]
    where: str
    rows: list[str] = field(default_factory=list)


@dataclass
class Model:
    """One `.model`.

    Attributes:
        name: of the model.
        inputs: names of its input bits, in the order in which they are declared.
        outputs: names of its output bits.
    """

    name: str
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    tables: list[_Table] = field(default_factory=list)
    instances: list[_Instance] = field(default_factory=list)

    def covers(self) -> list[Cover]:
        """Evaluate the tables.

        Raises:
            NetlistError: naming file and line, if a row is not of the right form.
        """
        return [
            Cover(table.names, _truth(table.rows, len(table.names) - 1, table.where), table.where)
            for table in self.tables
        ]


def models_of(text: str, source: str) -> list[Model]:
    """Read all models of a text.

    Raises:
        NetlistError: naming file and line, if a line is not understood.
    """
    models: list[Model] = []
    open_model: Model | None = None
    for line, words in _statements(text):
        if words[0] == ".end":
            open_model = None
            continue
        if words[0] == ".model" or open_model is None:
            open_model = Model(" ".join(words[1:]) if words[0] == ".model" else "")
            models.append(open_model)
        if words[0] != ".model":
            _read(open_model, words, f"{source}:{line}")
    return models


def flat(models: Sequence[Model], source: str) -> list[Cover]:
    """Return the covers of the first model and of all its subcircuits.

    Nets of a subcircuit have names with a blank, which no net of the text has.

    Raises:
        NetlistError: naming file and line, if there is no model of a name, or no port of it, if
            a model is part of itself, or if the circuit is absurdly large.
    """
    known = {model.name: model for model in reversed(models)}
    covers = {name: model.covers() for name, model in known.items()}
    ports_of = {name: {*model.inputs, *model.outputs} for name, model in known.items()}
    found: list[Cover] = []
    count = 0
    waiting: list[tuple[Model, Mapping[str, str], str]] = [(models[0], {}, "")]
    while waiting:
        model, ports, prefix = waiting.pop()
        for nets, truth, where in covers[model.name]:
            renamed = tuple(ports.get(net, prefix + net) for net in nets)
            found.append(Cover(renamed, truth, where))
        for instance in model.instances:
            count += 1
            inner = _model(instance, known, ports_of)
            outer = {formal: ports.get(net, prefix + net) for formal, net in instance.nets.items()}
            waiting.append((inner, outer, f"{count} "))
            if count + len(found) > _MOST_COVERS:
                raise NetlistError(
                    f"{source}: more than {_MOST_COVERS:,} covers and subcircuits; is a model "
                    "part of itself?"
                )
    return found


def shown(text: str) -> str:
    """Return a word of the text as messages quote it."""
    return repr(text if len(text) <= 60 else f"{text[:60]}...")


def _model(
    instance: _Instance, known: Mapping[str, Model], ports_of: Mapping[str, set[str]]
) -> Model:
    if instance.model not in known:
        raise NetlistError(
            f"{instance.where}: there is no model {shown(instance.model)}; "
            f"{did_you_mean(instance.model[:60], known)}"
        )
    if strangers := instance.nets.keys() - ports_of[instance.model]:
        raise NetlistError(
            f"{instance.where}: model {shown(instance.model)} has no port {shown(min(strangers))}"
        )
    return known[instance.model]


def _statements(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the words of every line with its number; comments go, continued lines are joined."""
    words: list[str] = []
    start = 1
    for number, line in enumerate(text.splitlines(), start=1):
        if not words:
            start = number
        content = line.split("#", 1)[0].rstrip()
        words += content.removesuffix("\\").split()
        if words and not content.endswith("\\"):
            yield start, words
            words = []
    if words:
        yield start, words


def _read(model: Model, words: list[str], where: str) -> None:
    command, arguments = words[0], words[1:]
    if command == ".inputs":
        model.inputs += arguments
    elif command == ".outputs":
        model.outputs += arguments
    elif command == ".names":
        if not 1 <= len(arguments) <= _MOST_INPUTS + 1:
            raise NetlistError(
                f"{where}: .names takes an output and at most {_MOST_INPUTS} inputs, got "
                f"{len(arguments)} names"
            )
        model.tables.append(_Table(tuple(arguments), where))
    elif command == ".subckt":
        model.instances.append(_instance(arguments, where))
    elif command.startswith("."):
        raise NetlistError(
            f"{where}: {command[:60]} is not supported; expected combinational models of .inputs, "
            ".outputs, .names and .subckt (in Yosys: flatten; write_blif)"
        )
    elif model.tables:
        model.tables[-1].rows.append(" ".join(words))
    else:
        raise NetlistError(f"{where}: expected .names before the cover {shown(words[0])}")


def _instance(arguments: list[str], where: str) -> _Instance:
    pairs = [argument.partition("=") for argument in arguments[1:]]
    nets = {formal: net for formal, equals, net in pairs if equals and formal and net}
    if not arguments or len(nets) != len(pairs):
        raise NetlistError(f"{where}: .subckt takes a model and PORT=NET for each of its ports")
    return _Instance(arguments[0], nets, where)


def _truth(rows: list[str], inputs: int, where: str) -> int:
    """Evaluate a cover: rows such as "1-0 1"; what no row names has the other value."""
    row_form = re.compile(rf"([01-]{{{inputs}}}) ([01])" if inputs else "()([01])")
    matches = [row_form.fullmatch(row) for row in rows]
    cubes = [match.groups() for match in matches if match]
    values = {value for _, value in cubes}
    if len(cubes) != len(rows) or len(values) > 1:
        wrong = next((row for row, match in zip(rows, matches, strict=True) if not match), "both")
        raise NetlistError(
            f"{where}: expected cover rows of {inputs} characters 0, 1 or - and one common "
            f"output value, got {shown(wrong)}"
        )
    covered = truth_of(cube for cube, _ in cubes)
    return covered if values != {"0"} else covered ^ ((1 << 2**inputs) - 1)
