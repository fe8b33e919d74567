"""How each documented command is run within seconds: the longest beginning that fits counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Small:
    """What makes a command small.

    Attributes:
        more: options that are added; of one that is given twice, the last counts.
        instead: words of the command, and what takes their place.
        why: what the words stand for, where that is not plain.
        few_circuits: run it with a bundled library of two circuits.
    """

    more: tuple[str, ...] = ()
    instead: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    few_circuits: bool = False


@dataclass(frozen=True)
class Elsewhere:
    """A command that another test runs.

    Attributes:
        file: of that test, below the root of the repository.
        text: that is in this file as long as it does so.
    """

    file: str
    text: str


AS_IT_IS = Small()

_PACKAGE = "python -m evoapproxnas"
_RAY = Elsewhere("tests/executors/test_ray.py", "def test_the_commands_of_the_readme_run")
_LIVE = Elsewhere("tests/cli/test_dashboard.py", "def test_it_serves_until_it_is_interrupted")
_CI = Elsewhere(".ci/run", 'pip install --quiet -e ".[dev]" && python -m pytest -n 2')


def _set(**sections: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(
        f"--set={section}.{key}={value}"
        for section, values in sections.items()
        for key, value in values.items()
    )


_FINISH = {
    **{"points": 1, "circuits": 2, "bits": "[6]", "baselines": "[6]", "images": 10},
    **{"sensitivity_images": 4, "verify": 1, "finetune_passes": 1, "max_loss_points": 100},
}
_SEARCH = _set(
    search={"population": 2, "generations": 1, "limits.error": 1.0},
    rungs={"passes": "[1]"},
    training={"epochs": 1, "batch_size": 20, "precision": "float32"},
    data={"train_images": 40, "validation_images": 10, "test_images": 10},
    quantization={"calibration_images": 10},
    assignment={"circuits": 2, "bits": "[6]", "sensitivity_images": 4, "verify": 1},
    finish={"top": 1, "passes": 1, **_FINISH},
)
_ANY_SIZE = _set(space={"min_depth": 2, "min_macs": 0})
_TINY = _ANY_SIZE + _set(
    grid={"rows": 2, "columns": 6},
    space={"max_depth": 3, "max_macs": 2_000_000},
    search={"init": "[]", "fill": "draw"},
)
"""Networks of a few layers: what takes long with few images is to build and to trace them."""
_INLINE = "--executor=inline"
_JUDGED = ("--images=10", "--multipliers=mul8u_or9_v8", "--bits=4")
_ASSIGNED = (
    *("--images=10", "--multipliers=mul8u_or9_v8", "--sensitivity-images=4", "--verify=2"),
    *("--rounds=1", "--population=4", "--generations=2", "--test-images=10", "--max-loss=100"),
)
_FEW = {"mul8u_*": "mul8u_or9_v8", "mul8u_or*": "mul8u_or9_v8"}
_TRAINED = ("--epochs=1", "--train-images=40", "--batch-size=20", "--precision=float32")

_STUDY = "runs/cifar10-resnet8/by-channel"

COMMANDS: Mapping[str, Small | Elsewhere] = {
    "pip install": _CI,
    "python -m pytest": _CI,
    "ray start --head": Elsewhere("tests/executors/clusters.py", '"ray", "start"'),
    f"{_PACKAGE} run": Small((_INLINE, *_SEARCH, *_TINY)),
    f"{_PACKAGE} run --preset cifar10 --data-dir DIR --init": Small(
        (
            _INLINE,
            *_SEARCH,
            *_ANY_SIZE,
            "--set=search.population=12",
            "--set=search.generations=0",
        ),
        why="resnet8 needs the grid and the depth of the preset",
    ),
    f"{_PACKAGE} run NAME --ray-address": _RAY,
    f"{_PACKAGE} run OTHER --executor ray": _RAY,
    f"{_PACKAGE} resume": Small((_INLINE,)),
    f"{_PACKAGE} resume NAME --executor processes": _RAY,
    f"{_PACKAGE} finalize": Small(
        (_INLINE, "--passes=1", *_set(finish={"top": 1, **_FINISH})),
        {"g03-05": "MEMBER"},
        why="MEMBER is one of the front, which a small run has in other generations",
    ),
    f"{_PACKAGE} config": AS_IT_IS,
    f"{_PACKAGE} show": Small((), {"g03-05": "MEMBER"}),
    f"{_PACKAGE} plot": AS_IT_IS,
    f"{_PACKAGE} export": Small((), {"g03-05": "MEMBER"}),
    f"{_PACKAGE} report": AS_IT_IS,
    f"{_PACKAGE} dashboard": _LIVE,
    f"{_PACKAGE} delete": Small(("--yes",), why="nobody is there to answer"),
    f"{_PACKAGE} doctor": AS_IT_IS,
    f"{_PACKAGE} evaluate": Small(("--images=10",), _FEW),
    f"{_PACKAGE} train": Small(
        _TRAINED,
        {"resnet14": "resnet8", "resnet20": "resnet8"},
        why="deeper networks are built and traced for longer, and are the same to the command",
    ),
    f"{_PACKAGE} sweep": Small(_JUDGED, _FEW),
    f"{_PACKAGE} assign": Small(_ASSIGNED, _FEW),
    f"{_PACKAGE} assign r8/model.keras --dataset cifar10 --multipliers 'mul8u_*' --tune-weights "
    "--sensitivity-images 1000": Small(
        (*_ASSIGNED, "--finetune=1"),
        {**_FEW, "a082": "a000", "a010": "a000", "a059": "a000", "a036": "a000"},
        why="a000 is exact 8-bit, and on every front",
    ),
    f"{_PACKAGE} assign r8-40/model.keras": Small(
        (*_ASSIGNED, "--finetune=1"),
        {**_FEW, "a078": "a000"},
        why="a000 is exact 8-bit, and on every front",
    ),
    f"{_PACKAGE} bench assign": Elsewhere("tests/bench/test_assign.py", '"bench", "assign"'),
    f"{_PACKAGE} bench emulation": Elsewhere(
        "tests/cli/test_bench.py", 'invoke(app, ["bench", "emulation", "--quick"'
    ),
    f"{_PACKAGE} bench candidate": Elsewhere(
        "tests/cli/test_bench_candidate.py", '"bench", "candidate", "--networks", "2"'
    ),
    f"{_PACKAGE} bench circuits": Elsewhere(
        "tests/cli/test_bench.py", '"bench", "circuits", "--threads", "1"'
    ),
    f"{_PACKAGE} bench campaign": Elsewhere(
        "tests/bench/test_campaign_bench.py", 'command = ["bench", "campaign", "--set"'
    ),
    f"{_PACKAGE} bench cosearch": Elsewhere(
        "tests/bench/test_cosearch.py", '"bench", "cosearch", "--seeds", "1"'
    ),
    f"{_PACKAGE} bench fresh": Elsewhere(
        "tests/bench/test_fresh.py", '"bench", "fresh", "--quick"'
    ),
    f"{_PACKAGE} bench hardware": Elsewhere(
        "tests/bench/test_hardware_bench.py", 'command = ["bench", "hardware"'
    ),
    f"{_PACKAGE} bench latency": Elsewhere("tests/bench/test_latency.py", '"bench", "latency"'),
    f"{_PACKAGE} bench machine": Elsewhere(
        "tests/bench/test_measuring.py", '["bench", "machine", "--quick"'
    ),
    f"{_PACKAGE} bench search": Elsewhere("tests/bench/test_search_bench.py", '"bench", "search"'),
    f"{_PACKAGE} run NAME --problem nasbench201": Small(
        (_INLINE, *_set(search={"population": 4, "generations": 1}))
    ),
    f"{_PACKAGE} run CO --problem nasbench201": Small(
        (_INLINE, *_set(search={"population": 4, "generations": 1}))
    ),
    f"{_PACKAGE} hardware show": AS_IT_IS,
    f"{_PACKAGE} hardware query": AS_IT_IS,
    f"{_PACKAGE} hardware references": AS_IT_IS,
    f"{_PACKAGE} hardware fit": Small(
        (), {"my.csv": "measured.csv"}, why="a file in which latencies were noted"
    ),
    f"{_PACKAGE} hardware measure": Elsewhere(
        "tests/cli/test_hardware_measure.py", "def test_litert_measures_a_small_space"
    ),
    f"{_PACKAGE} hardware probes": Elsewhere(
        "tests/cli/test_hardware_adapt.py", '_hardware("probes", tmp_path / "mine.json"'
    ),
    f"{_PACKAGE} hardware adapt": Elsewhere(
        "tests/cli/test_hardware_adapt.py", '("adapt", tmp_path / "mine.json", folder'
    ),
    f"{_PACKAGE} hardware predict": AS_IT_IS,
    f"{_PACKAGE} hardware analyse": AS_IT_IS,
    f"{_PACKAGE} multipliers list": AS_IT_IS,
    f"{_PACKAGE} multipliers show": AS_IT_IS,
    f"{_PACKAGE} multipliers compare": AS_IT_IS,
    f"{_PACKAGE} multipliers import": AS_IT_IS,
    f"{_PACKAGE} multipliers export": AS_IT_IS,
    f"{_PACKAGE} multipliers generate": AS_IT_IS,
    f"{_PACKAGE} multipliers evolve": Small(("--evaluations=50",), few_circuits=True),
    f"{_PACKAGE} multipliers operands": AS_IT_IS,
    f"{_PACKAGE} multipliers plot": AS_IT_IS,
    f"{_PACKAGE} multipliers verify": Small(("mul8u_or9_*",)),
    f"{_PACKAGE} multipliers bundle build": Small(
        (), {"NAME": "mul8u_or8_v6", "/tmp/again": "again"}
    ),
    f"{_PACKAGE} multipliers bundle climb": Small(
        ("SMALL:0",), why="one ladder of one short step"
    ),
    f"{_PACKAGE} multipliers bundle select": AS_IT_IS,
    "python plots/confusion.py": Elsewhere(
        "tests/report/export/test_predictions.py", '"confusion.py", str(run.path), member'
    ),
    "python plots/genes.py": AS_IT_IS,
    "python plots/lineage.py": AS_IT_IS,
    "python plots/multipliers.py": AS_IT_IS,
    "python plots/network.py": AS_IT_IS,
    "python plots/pareto.py": AS_IT_IS,
    "python plots/progress.py": AS_IT_IS,
    "python plots/networks.py": AS_IT_IS,
    "python plots/resilience.py": AS_IT_IS,
    "python plots/finished.py": Small(
        (),
        {f"ResNet-8={_STUDY}": f"ResNet-8={Path(__file__).parents[2] / _STUDY}"},
        why="the study is kept in runs/, and made by another chapter",
    ),
    "python plots/evolved_for_network.py draw": AS_IT_IS,
    "python plots/evolved_for_network.py measure": Small(
        ("--data-dir=data",),
        {"study1": "study0", "study2": "study0"},
        why="one seed stands for three",
        few_circuits=True,
    ),
}
