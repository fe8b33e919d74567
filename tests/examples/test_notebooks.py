"""Every notebook is run cell by cell, with small parameters."""

import pytest

from tests.examples.cells import NOTEBOOKS, cells_of, run_notebook
from tests.examples.sizes import ASSIGN, SECTIONS

SMALL = {
    "bring_your_own_multiplier": {"EPOCHS": 1, "IMAGES": 180},
    "which_layer_takes_which_circuit": {
        **{"EPOCHS": 1, "IMAGES": 180, "CIRCUITS": "mul8u_or9_v8", "OPTIONS": ASSIGN}
    },
    "a_search_and_its_report": {"SECTIONS": SECTIONS},
}
SHOWN = {
    "bring_your_own_multiplier": ("Multiplier", "Library", "ConversionReport", "DataFrame"),
    "which_layer_takes_which_circuit": ("DataFrame", "DataFrame", "ConversionReport"),
    "a_search_and_its_report": ("Run", "DataFrame", "Network", "Figure", "Figure"),
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks_are_cells_of_text_and_code(name):
    cells = cells_of(NOTEBOOKS[name])
    assert cells[0].text.startswith("# # ")
    assert sum(cell.has_parameters for cell in cells) == 1
    for cell in cells:
        assert cell.is_code or all(line.startswith("#") for line in cell.text.split("\n") if line)


@pytest.mark.parametrize("name", NOTEBOOKS)
@pytest.mark.usefixtures("elsewhere")
def test_notebooks_run_and_show_what_they_made(name):
    _, shown = run_notebook(NOTEBOOKS[name], **SMALL[name])
    kinds = [type(value).__name__ for value in shown if not isinstance(value, str)]
    assert [kind for kind in kinds if kind in SHOWN[name]] == list(SHOWN[name])
    for value in shown:
        assert hasattr(value, "_repr_html_") or type(value).__name__ == "Figure"
