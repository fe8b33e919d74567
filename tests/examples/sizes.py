"""How examples are made small."""

SECTIONS = {
    "grid": {"rows": 2, "columns": 6},
    "space": {"max_depth": 3, "min_depth": 1, "min_macs": 0},
    "search": {"population": 2, "generations": 1, "limits": {"error": 1.0}},
    "data": {"train_images": 60, "validation_images": 20, "test_images": 20},
    "rungs": {"passes": [1]},
    "training": {"epochs": 1},
    "quantization": {"calibration_images": 20},
    "assignment": {"circuits": 2, "bits": [6], "sensitivity_images": 4, "verify": 1},
    "execution": {"executor": "inline"},
}
"""Of a search that takes seconds."""

ASSIGN = {
    **{"sensitivity_images": 20, "verify": 3, "rounds": 1, "calibration_images": 20},
    "evolution": {"population": 4, "generations": 2},
}
"""Options of `assign`."""


def sections(**changes):
    """Return the sections of a small search with some values changed."""
    return SECTIONS | {name: SECTIONS.get(name, {}) | keys for name, keys in changes.items()}
