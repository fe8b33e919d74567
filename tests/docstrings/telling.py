"""What a docstring tells, and what it leaves out."""

import ast
import builtins
import re

from tests.docstrings.source import described_elsewhere, of_keras

SECTIONS = ("Args", "Attributes", "Returns", "Yields", "Raises", "Source", "Example")
_SECTION = re.compile(
    rf"^(?P<name>{'|'.join(SECTIONS)}):\n(?P<body>(?:(?: .*)?\n?)*)", re.MULTILINE
)
_ENTRY = re.compile(r"^    \*{0,2}(?P<name>\w+): ", re.MULTILINE)
_ATTRIBUTE = re.compile(r"^    (\w+): ((?:.*\n)(?:        .*\n)*)", re.MULTILINE)
_REFERENCE = re.compile(r"(?:[Ss]ee|as in|as|like|See also) `(?:\w+\.)*(?P<name>\w+)`")

TELLING = {
    *("Return", "Yield", "Say", "Tell", "Whether", "Look", "Give"),
    *("Build", "Rebuild", "Make", "Read", "Load", "Open", "Generate", "Draw", "Create", "Copy"),
    *("Pick", "Find", "Count", "Collect", "Describe", "List", "Lay", "Bind", "Estimate"),
    *("The", "A", "An", "All", "Every", "Each", "What", "How", "Those", "That", "There"),
}
"""First words of a docstring whose first line says what comes back."""


def sections(doc):
    return {match[1]: match[2] for match in _SECTION.finditer(doc + "\n")}


def entries(doc, *names):
    return {
        match["name"] for name in names for match in _ENTRY.finditer(sections(doc).get(name, ""))
    }


def parameters(item):
    arguments = item.node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    if item.owner is not None and "staticmethod" not in item.decorators:
        plain = plain[1:]
    extra = [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    return [each.arg for each in (*plain, *arguments.kwonlyargs, *extra) if each.arg[0] != "_"]


def undocumented_parameters(item):
    """Return the parameters that are in no Args: its own, those of what it refers to, or above."""
    if of_keras(item) or "overload" in item.decorators:
        return []
    told = entries(item.doc, "Args", "Attributes")
    if item.node.name == "__init__":
        told |= entries(ast.get_docstring(item.owner) or "", "Args", "Attributes")
    for node in (*described_elsewhere(item), *_referred_to(item)):
        told |= entries(ast.get_docstring(node) or "", "Args", "Attributes")
    return [name for name in parameters(item) if name not in told]


def _referred_to(item):
    """Return functions and methods of the same file that a docstring names with "see" or "as"."""
    names = {match["name"] for match in _REFERENCE.finditer(item.doc)}
    module = ast.parse(item.path.read_text("utf-8"))
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in names
    ]


def returns_untold(item):
    """Whether something comes back of which neither a section nor the first line says what."""
    annotation = item.node.returns
    nothing = annotation is None or ast.unparse(annotation) in ("None", "Never", "NoReturn")
    describes_itself = any("property" in name for name in item.decorators)
    if nothing or describes_itself or of_keras(item) or described_elsewhere(item):
        return False
    if sections(item.doc).keys() & {"Returns", "Yields"}:
        return False
    return not item.doc or re.split(r"[^\w]", item.doc)[0] not in TELLING


def undocumented_fields(node):
    """Return the public fields of a class that neither Attributes nor a text below them tells."""
    doc = ast.get_docstring(node) or ""
    told = entries(doc, "Attributes", "Args")
    for field, text in zip(node.body, node.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
            told.add(ast.unparse(field.target))
    fields = [
        ast.unparse(each.target)
        for each in node.body
        if isinstance(each, ast.AnnAssign) and "ClassVar" not in ast.unparse(each.annotation)
    ]
    return [name for name in fields if name not in told and not name.startswith("_")]


_ARRAY = re.compile(r"NDArray|ArrayLike|\b(?:IntArray|FloatArray|Floats|Points|Array|Codes)\b")
_SHAPE = re.compile(r"shapes?\b|\([\w.]+(?: [+*] \w+)?,")


def arrays_without_shape(item):
    """Return the arrays that a function takes or returns, or a class holds, of unsaid shape."""
    if item.is_class:
        told = {
            name: text
            for name, text in _ATTRIBUTE.findall(sections(item.doc).get("Attributes", ""))
        }
        return [
            name
            for field in item.node.body
            if isinstance(field, ast.AnnAssign) and _is_array(field.annotation)
            and not (name := ast.unparse(field.target)).startswith("_")
            and not _SHAPE.search(told.get(name, ""))
        ]  # fmt: skip
    docs = [item.doc, ast.get_docstring(item.owner) or "" if item.owner else ""]
    docs += [ast.get_docstring(node) or "" for node in described_elsewhere(item)]
    if of_keras(item) or _SHAPE.search("".join(docs)):
        return []
    arguments = item.node.args
    annotated = {each.arg: each.annotation for each in (*arguments.args, *arguments.kwonlyargs)}
    return [
        name
        for name, kind in (annotated | {"return": item.node.returns}).items()
        if _is_array(kind)
    ]


def _is_array(annotation):
    text = "" if annotation is None else ast.unparse(annotation)
    return bool(_ARRAY.search(text)) and "Mapping" not in text


def raised(node):
    """Return the names of exceptions that a definition raises itself."""
    found = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Raise) and each.exc is not None:
            called = each.exc.func if isinstance(each.exc, ast.Call) else each.exc
            name = ast.unparse(called).rpartition(".")[2]
            found.add("UnknownNameError" if name == "unknown_name" else name)
    return {name for name in found if name[0].isupper()}


def is_exception(name, known):
    return name in known or issubclass(getattr(builtins, name, int), BaseException)
