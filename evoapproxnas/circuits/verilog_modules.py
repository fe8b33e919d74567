"""What a Verilog text consists of: its modules, what they mention, and their ports alone.

A scan of tokens, not a parser: enough to leave out testbenches and helpers that nothing uses, and
to find the module to import. Time grows with the text only.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from evoapproxnas.circuits.verilog_text import Token, tokens
from evoapproxnas.errors import NetlistError, did_you_mean

_BLOCKS = {
    "module": "endmodule",
    "macromodule": "endmodule",
    "primitive": "endprimitive",
    "program": "endprogram",
}
_PORT_WORDS = frozenset({"input", "output", "inout"})
_PARAMETERS = frozenset({"parameter", "localparam"})
_OPENING = frozenset({"begin", "case", "casex", "casez", "fork"})
_CLOSING = frozenset({"end", "endcase", "join", "join_any", "join_none"})
_SYSTEM_VERILOG = frozenset(
    (
        "logic",
        "always_comb",
        "always_ff",
        "always_latch",
        "typedef",
        "package",
        "interface",
        "enum",
    )
)


@dataclass(frozen=True)
class Module:
    """A module of a text, or a primitive or program, which nothing has to read.

    Attributes:
        name: of the module.
        start: offset of its keyword.
        end: offset behind its `endmodule`.
        mentions: the words in it, among them the modules that it instantiates.
        interface: a module of the same header and ports, without a body; empty where it has no
            ports, as a testbench.
    """

    name: str
    start: int
    end: int
    mentions: frozenset[str]
    interface: str


def modules_of(code: str) -> list[Module]:
    """Find the modules of a text without comments, each with the attributes before it."""
    found: list[Module] = []
    inside: list[Token] = []
    before: list[Token] = []
    for token in tokens(code):
        if inside:
            inside.append(token)
            if token.text == _BLOCKS[inside[0].text]:
                found.append(_module(code, before[0] if before else inside[0], inside))
                inside, before = [], []
        elif token.text in _BLOCKS:
            inside = [token]
        elif before and before[-1].text == ")" and token.text != "(":
            before = []
        elif before or token.text == "(":
            before.append(token)
    return found


def is_system_verilog(code: str) -> bool:
    """Tell whether a text uses words that only SystemVerilog has."""
    return any(token.text in _SYSTEM_VERILOG for token in tokens(code))


def only(code: str, modules: Iterable[Module], wanted: Iterable[str]) -> str:
    """Leave out all modules but the wanted ones; line numbers stay."""
    keep = set(wanted)
    parts, position = [], 0
    for module in modules:
        if module.name not in keep:
            lines = code.count("\n", module.start, module.end)
            parts += [code[position : module.start], "\n" * lines]
            position = module.end
    return "".join([*parts, code[position:]])


def used_by(name: str, modules: Sequence[Module]) -> set[str]:
    """Return a module with all that it mentions, directly or through others."""
    by_name = {module.name: module for module in modules}
    found: set[str] = set()
    waiting = [name]
    while waiting:
        module = by_name.get(waiting.pop())
        if module is not None and module.name not in found:
            found.add(module.name)
            waiting += module.mentions & by_name.keys()
    return found


def topmost(names: Sequence[str], modules: Sequence[Module]) -> list[str]:
    """Return those of some modules that none of the others uses."""
    by_name = {module.name: module for module in modules}
    waiting = [used for name in names for used in by_name[name].mentions if used != name]
    inner: set[str] = set()
    while waiting:
        module = by_name.get(waiting.pop())
        if module is not None and module.name not in inner:
            inner.add(module.name)
            waiting += module.mentions & by_name.keys()
    return [name for name in names if name not in inner]


def check_known(name: str, modules: Sequence[Module], where: str) -> None:
    """Raise NetlistError if there is no module of a name."""
    known = [module.name for module in modules]
    if name not in known:
        raise NetlistError(f"{where}: there is no module {name!r}; {did_you_mean(name, known)}")


def _module(code: str, first: Token, inside: Sequence[Token]) -> Module:
    is_module = inside[0].text.endswith("module")
    header = next((i for i, token in enumerate(inside) if token.text == ";"), len(inside) - 1)
    name = next((token.text for token in inside[1:] if token.text not in _LIFETIMES), "")
    declared = list(_declarations(inside[header:]))
    has_ports = any(_may_declare(token) for token in inside[:header]) or any(
        statement[0].text in _PORT_WORDS for statement in declared
    )
    spans = [inside[: header + 1], *declared]
    texts = [code[span[0].start : span[-1].end] for span in spans]
    return Module(
        name=name.removeprefix("\\"),
        start=first.start,
        end=label.end() if (label := _LABEL.match(code, inside[-1].end)) else inside[-1].end,
        mentions=frozenset(token.text.removeprefix("\\") for token in inside[2:]),
        interface="\n".join([*texts, "endmodule", ""]) if has_ports and is_module else "",
    )


def _may_declare(token: Token) -> bool:
    """Tell whether a word of a header declares ports, or is a macro that may do so."""
    return token.text in _PORT_WORDS or token.text.startswith("`")


_LIFETIMES = frozenset({"automatic", "static"})
_LABEL = re.compile(r"\s*:\s*(?:\w+|\\\S+)")


def _declarations(body: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Yield the declarations of ports and parameters of a module, outside of functions."""
    depth = 0
    closing = ""
    start: int | None = None
    for index, (text, _) in enumerate(body):
        if closing or text in {"function", "task"}:
            closing = "" if text == closing else closing or f"end{text}"
        elif text in _OPENING | _CLOSING:
            depth += 1 if text in _OPENING else -1
        elif start is None and depth == 0 and text in _PORT_WORDS | _PARAMETERS:
            start = index
        elif start is not None and text == ";":
            yield body[start : index + 1]
            start = None
