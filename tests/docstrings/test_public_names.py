"""Every public name says what it takes, gives, raises and holds."""

import ast

from tests.docstrings.source import ROOT, described_elsewhere, public, tree
from tests.docstrings.telling import (
    arrays_without_shape,
    entries,
    is_exception,
    raised,
    returns_untold,
    undocumented_fields,
    undocumented_parameters,
)

NAMES = list(public())
FUNCTIONS = [item for item in NAMES if not item.is_class]
CLASSES = [item for item in NAMES if item.is_class]


def exceptions():
    """Return the names of all classes of the package; exceptions among them are what matters."""
    paths = (ROOT / "evoapproxnas").rglob("*.py")
    return {
        node.name
        for path in paths
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ClassDef)
    }


def lacking(items, lacks):
    return [f"{item.where}: {lack}" for item in items if (lack := lacks(item))]


def test_there_are_hundreds_of_them():
    assert len(NAMES) > 800


def test_every_one_has_a_docstring():
    assert lacking(NAMES, lambda item: not item.doc) == []


def test_every_parameter_is_described():
    assert lacking(FUNCTIONS, undocumented_parameters) == []


def test_every_result_is_described():
    assert lacking(FUNCTIONS, returns_untold) == []


def test_every_field_is_described():
    assert lacking(CLASSES, lambda item: undocumented_fields(item.node)) == []


def test_the_shapes_of_arrays_are_said():
    assert lacking(NAMES, arrays_without_shape) == []


def test_what_a_function_raises_itself_is_said():
    def unsaid(item):
        told = item.doc + (ast.get_docstring(item.owner) or "" if item.owner else "")
        told += "".join(ast.get_docstring(node) or "" for node in described_elsewhere(item))
        return [name for name in raised(item.node) - {"KeyboardInterrupt"} if name not in told]

    assert lacking(FUNCTIONS, unsaid) == []


def test_what_is_said_to_be_raised_is_an_exception():
    known = exceptions()

    def unknown(item):
        return [name for name in entries(item.doc, "Raises") if not is_exception(name, known)]

    assert lacking(NAMES, unknown) == []


def test_nothing_is_described_that_is_not_there():
    def gone(item):
        arguments = item.node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
        return sorted(entries(item.doc, "Args") - {each.arg for each in every})

    assert lacking(FUNCTIONS, gone) == []
