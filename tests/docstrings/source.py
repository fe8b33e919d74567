"""What the package makes public, read from its text: nothing is imported, no extra is needed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.readme.documents import ROOT

PACKAGE = "evoapproxnas"
_DEFINITIONS = (ast.ClassDef, ast.FunctionDef)


@dataclass(frozen=True)
class Public:
    """A public class, function or method.

    Attributes:
        where: "file:qualified name".
        node: its definition.
        owner: the class of a method.
        path: file.
    """

    where: str
    node: ast.ClassDef | ast.FunctionDef
    owner: ast.ClassDef | None
    path: Path

    @property
    def doc(self):
        return ast.get_docstring(self.node) or ""

    @property
    def is_class(self):
        return isinstance(self.node, ast.ClassDef)

    @property
    def decorators(self):
        return {ast.unparse(decorator) for decorator in self.node.decorator_list}


@cache
def tree(path):
    return ast.parse(path.read_text("utf-8"))


def path_of(module):
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def public() -> Iterator[Public]:
    """Yield what `__all__` of the package's folders names, and methods of such classes, once."""
    seen = set()
    for init in sorted((ROOT / PACKAGE).rglob("__init__.py")):
        module = ".".join(init.parent.relative_to(ROOT).parts)
        for name in exported(init):
            found = definition(module, name)
            if found is not None and (found[0], name) not in seen:
                seen.add((found[0], name))
                yield from _with_methods(*found)


def exported(init):
    for node in tree(init).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    return []


@cache
def definition(module, name):
    """Return path and node of a class or function; None for modules and plain values."""
    path = path_of(module)
    for node in tree(path).body:
        if isinstance(node, _DEFINITIONS) and node.name == name:
            return path, node
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module.startswith(PACKAGE):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    nested = path_of(f"{node.module}.{alias.name}")
                    return None if nested.exists() else definition(node.module, alias.name)
    return None


def _with_methods(path, node):
    where = f"{path.relative_to(ROOT)}:{node.name}"
    yield Public(where, node, None, path)
    for method in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(method, ast.FunctionDef) and (
            not method.name.startswith("_") or method.name == "__init__"
        ):
            yield Public(f"{where}.{method.name}", method, node, path)


def bases(owner, path):
    """Yield the classes of this package that a class derives from, nearest first."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for base in owner.bases:
        name = ast.unparse(base).partition("[")[0].rpartition(".")[2]
        found = definition(module, name)
        if found is not None and isinstance(found[1], ast.ClassDef):
            yield found[1]
            yield from bases(found[1], found[0])


def methods(owner):
    return {node.name: node for node in owner.body if isinstance(node, ast.FunctionDef)}


def members(owner):
    """Return the names of methods, of fields and of values of a class."""
    fields = [node for node in owner.body if isinstance(node, ast.AnnAssign)]
    values = [node for node in owner.body if isinstance(node, ast.Assign)]
    named = [field.target for field in fields] + [value.targets[0] for value in values]
    return {*methods(owner), *map(ast.unparse, named)}


@cache
def protocols():
    """Return the protocols among public classes, by name."""
    return {
        item.node.name: item.node
        for item in public()
        if item.is_class and any("Protocol" in ast.unparse(base) for base in item.node.bases)
    }


def described_elsewhere(item):
    """Return definitions of the same method in bases, and in protocols that the class follows."""
    if item.owner is None or item.node.name == "__init__":
        return []
    above = list(bases(item.owner, item.path))
    own = {name for each in (item.owner, *above) for name in members(each)}
    followed = [
        protocol
        for protocol in protocols().values()
        if protocol is not item.owner
        and {name for name in methods(protocol) if not name.startswith("_")} <= own
    ]
    places = (methods(place).get(item.node.name) for place in (*above, *followed))
    return [node for node in places if node is not None]


def of_keras(item):
    """Whether Keras says what a method of a layer is for."""
    if item.owner is None:
        return False
    names = [ast.unparse(base) for base in item.owner.bases]
    for base in bases(item.owner, item.path):
        names += [ast.unparse(each) for each in base.bases]
    layers = any("keras" in name or "Layer" in name for name in names)
    return layers and item.node.name in KERAS_METHODS


KERAS_METHODS = {
    *("build", "call", "get_config", "from_config", "compute_output_shape", "add_weight"),
    *("save_own_variables", "load_own_variables", "compute_output_spec"),
}
