"""Notebooks that are kept as Python files: their cells, run one by one as Jupyter does."""

import ast
import re
from dataclasses import dataclass

from tests.readme.documents import ROOT

FOLDER = ROOT / "evoapproxnas" / "examples" / "notebooks"
NOTEBOOKS = {path.stem: path for path in sorted(FOLDER.glob("[!_]*.py"))}
_MARK = re.compile(r"^# %%(?P<header>.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A cell: what stands behind its `# %%`, and its text."""

    header: str
    text: str

    @property
    def is_code(self):
        return "[markdown]" not in self.header

    @property
    def has_parameters(self):
        return 'tags=["parameters"]' in self.header


def cells_of(path):
    text = path.read_text("utf-8")
    marks = list(_MARK.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [
        Cell(mark["header"].strip(), text[mark.end() : end].strip("\n"))
        for mark, end in zip(marks, ends, strict=True)
    ]


def run_cell(cell, names):
    """Run a cell, and return the value of its last expression, or None."""
    tree = ast.parse(cell.text)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), names)  # noqa: S102
    if last is None or isinstance(last.value, ast.Constant):
        return None
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)  # noqa: S307


def run_notebook(path, **parameters):
    """Run all cells with other parameters; return the names they define and what they show."""
    names, shown = {"__name__": "notebook"}, []
    for cell in cells_of(path):
        if cell.is_code:
            shown.append(run_cell(cell, names))
        if cell.has_parameters:
            assert parameters.keys() <= names.keys(), "a parameter that the notebook does not have"
            names |= parameters
    return names, [value for value in shown if value is not None]
