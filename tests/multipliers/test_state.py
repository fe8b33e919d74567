"""Checkpoints of an evolution: nothing that no search left reaches the compiled loops."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evoapproxnas.circuits import load_verilog
from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers.evolution import EvolutionTask, Stop, evolve
from evoapproxnas.multipliers.evolution.state import load_state
from evoapproxnas.multipliers.library import bundled_folder

_START = load_verilog(bundled_folder() / "netlists" / "mul8u_or9_v8.v")
TASK = EvolutionTask(_START, bound=1.1)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("evolution") / "state.json"
    evolve(TASK, Stop(evaluations=100), checkpoint=path)
    return path


def test_a_checkpoint_is_what_was_saved(checkpoint: Path) -> None:
    state = load_state(checkpoint, TASK)
    assert state is not None
    assert state.counters[0] >= 100
    assert load_state(checkpoint.with_name("none.json"), TASK) is None
    assert [path.name for path in checkpoint.parent.iterdir()] == ["state.json"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"genes": [10**6] * 10}, "genes"),
        ({"genes": "all"}, "genes"),
        ({"best": []}, "best"),
        ({"counters": [1, 2, 3]}, "contradict each other"),
        ({"counters": [-1, 0, 0]}, "counters"),
        ({"random": 0}, "random"),
        ({"random": 2**64}, "random"),
        ({"scale": 0.0}, "scale"),
        ({"start_fj": "much"}, "start_fj"),
        ({"more": 1}, "more"),
    ],
)
def test_what_no_search_left_is_refused(
    checkpoint: Path, tmp_path: Path, change: dict[str, object], message: str
) -> None:
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(json.loads(checkpoint.read_text()) | change))
    with pytest.raises(MultiplierError, match=f"changed.json is not a checkpoint.*{message}"):
        evolve(TASK, Stop(evaluations=200), checkpoint=path)


def test_genes_beyond_the_grid_or_the_bound_are_refused(checkpoint: Path, tmp_path: Path) -> None:
    saved = json.loads(checkpoint.read_text())
    path = tmp_path / "changed.json"
    for gene, message in ((2**31 - 1, "genes"), (0, "above the bound")):
        genes = [*saved["genes"][:-16], *[gene] * 16]
        path.write_text(json.dumps(saved | {"genes": genes}))
        with pytest.raises(MultiplierError, match=message):
            load_state(path, TASK)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_changed_checkpoints_are_read_or_refused(
    checkpoint: Path, tmp_path: Path, data: st.DataObject
) -> None:
    saved = json.loads(checkpoint.read_text())
    key = data.draw(st.sampled_from([*saved, "other"]))
    if isinstance(saved.get(key), list) and data.draw(st.booleans()):
        saved[key][data.draw(st.integers(0, len(saved[key]) - 1))] = data.draw(_VALUES)
    else:
        saved[key] = data.draw(_VALUES)
    text = json.dumps(saved)
    cut = data.draw(st.integers(0, len(text)) | st.just(len(text)))
    path = tmp_path / "changed.json"
    path.write_text(text[:cut])
    problem = None
    try:
        load_state(path, TASK)
    except MultiplierError as error:
        problem = str(error)
    assert problem is None or "changed.json" in problem
