import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evoapproxnas.circuits import Cell, Netlist, OperandDistribution, network_operands
from evoapproxnas.circuits.cgp_form import from_genotype
from evoapproxnas.circuits.cost import settled_activity, transition_energy_fj
from evoapproxnas.circuits.glitches import glitch_activity
from evoapproxnas.errors import ConfigError, MultiplierError, UnknownNameError
from evoapproxnas.multipliers import load_library
from evoapproxnas.multipliers.evolution import (
    METRICS,
    EvolutionTask,
    Progress,
    Stop,
    bench_circuits,
    best_front,
    evolve,
    evolve_front,
)
from evoapproxnas.multipliers.evolution.arrays import child_of, parent_of, problem_of
from evoapproxnas.multipliers.evolution.kernels.glitches import CHANGES


def circuit(name: str) -> Netlist:
    return load_library().netlist(name)


def assessed(task: EvolutionTask, scale: float = 1.0) -> float:
    from evoapproxnas.multipliers.evolution.kernels.search import assess

    parent = parent_of(task, task.genotype.genes)
    return float(assess(problem_of(task, scale), parent, child_of(task)))


@pytest.mark.parametrize("name", ["mul8u_or9_v8", "mul8s_or6_v2"])
@pytest.mark.parametrize("metric", [metric for metric in METRICS if metric != "layer_mse"])
def test_compiled_errors_are_those_of_the_reference(name: str, metric: str) -> None:
    signed = name.startswith("mul8s")
    loose = EvolutionTask(circuit(name), metric, bound=1e12, signed=signed)
    error = loose.error(circuit(name))
    task = EvolutionTask(circuit(name), metric, bound=error, signed=signed)
    assert np.isfinite(assessed(task, 1 + 1e-6))
    assert np.isfinite(assessed(task))
    assert np.isinf(assessed(task, 1 - 1e-6))


@pytest.mark.parametrize("operands", [None, network_operands()])
def test_energy_is_that_of_the_reference(operands: OperandDistribution | None) -> None:
    netlist = without_half_adders(circuit("mul8u_exact"))
    transitions = settled_activity(netlist, operands)
    transitions += glitch_activity(netlist, operands, words=CHANGES)
    expected = float(transitions @ transition_energy_fj(netlist))
    # The quantiles that stand for a distribution are not quite the distribution.
    tolerance = 1e-9 if operands is None else 0.02
    task = EvolutionTask(netlist, operands=operands)
    assert assessed(task) == pytest.approx(expected, rel=tolerance)


def without_half_adders(netlist: Netlist) -> Netlist:
    cells: list[Cell] = []
    nets = list(range(18))
    count = 18
    for cell, driven in netlist.driven_cells():
        pins = tuple(nets[net] for net in cell.inputs)
        parts = ["xor2", "and2"] if cell.kind == "half_adder" else [cell.kind]
        cells += [Cell(kind, pins) for kind in parts]
        nets += range(count, count + len(driven))
        count += len(driven)
    return Netlist(tuple(cells), tuple(nets[net] for net in netlist.outputs))


def test_evolution_saves_power_within_the_bound_and_repeats_itself() -> None:
    task = EvolutionTask(circuit("mul8u_exact"), bound=0.2, seed=3)
    seen: list[Progress] = []
    result = evolve(task, Stop(evaluations=6000), on_progress=seen.append)
    assert 0 < result.error <= 0.2
    assert result.power_uw < 330
    assert result.error == task.error(result.netlist)
    assert [p.energy_fj for p in seen] == sorted((p.energy_fj for p in seen), reverse=True)
    # What was added up from cached words is what a circuit evaluated afresh has.
    assert assessed(EvolutionTask(result.netlist, bound=0.2)) < 0.9 * seen[0].energy_fj
    assert evolve(task, Stop(evaluations=6000)).netlist == result.netlist
    other = EvolutionTask(circuit("mul8u_exact"), bound=0.2, seed=4)
    assert evolve(other, Stop(evaluations=6000)).netlist != result.netlist


def test_an_interrupted_evolution_goes_on_where_it_was(tmp_path: Path) -> None:
    task = EvolutionTask(circuit("mul8u_exact"), "wce_pct", bound=1.0, seed=1)
    whole = evolve(task, Stop(evaluations=8000))

    def interrupt(progress: Progress) -> None:
        if progress.evaluations >= 4000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evolve(
            task,
            Stop(evaluations=8000),
            on_progress=interrupt,
            checkpoint=tmp_path / "state.json",
        )
    resumed = evolve(task, Stop(evaluations=8000), checkpoint=tmp_path / "state.json")
    assert resumed.netlist == whole.netlist
    assert resumed.progress.evaluations == whole.progress.evaluations
    assert resumed.progress.start_energy_fj == whole.progress.start_energy_fj
    with pytest.raises(MultiplierError, match="checkpoint of another evolution"):
        evolve(EvolutionTask(task.start, bound=1.0), checkpoint=tmp_path / "state.json")
    (tmp_path / "state.json").write_text("{}")
    with pytest.raises(MultiplierError, match="not a checkpoint"):
        evolve(task, checkpoint=tmp_path / "state.json")


def test_operands_weight_error_and_power() -> None:
    operands = network_operands()
    task = EvolutionTask(circuit("mul8u_exact"), bound=0.02, operands=operands)
    result = evolve(task, Stop(evaluations=6000))
    assert task.allows(result.netlist)
    assert result.error < EvolutionTask(circuit("mul8u_exact"), bound=0.02).error(result.netlist)
    assert result.power_uw < 0.97 * 127.2


def test_a_front_falls(tmp_path: Path) -> None:
    task = EvolutionTask(circuit("mul8s_exact"), "mre_pct", bound=0, signed=True)
    front = list(evolve_front(task, [8, 2], Stop(evaluations=4000)))
    assert [bound for bound, _ in front] == [2, 8]
    assert front[1][1].power_uw < front[0][1].power_uw
    assert all(result.error <= bound for bound, result in front)


def test_a_front_begins_with_the_cheapest_circuit_within_the_bound() -> None:
    task = EvolutionTask(circuit("mul8u_exact"), bound=0)
    starts = [circuit("mul8u_or9_v8"), circuit("mul8u_or2_v0"), Netlist((), (0,) * 16)]
    idle = Stop(evaluations=0)
    front = dict(evolve_front(task, [0, 0.01, 5], idle, starts=starts))
    assert [result.netlist for result in front.values()] == [
        from_genotype(replace(task, start=start, bound=5).genotype)
        for start in (task.start, starts[1], starts[0])
    ]


def test_the_best_of_several_seeds_does_not_depend_on_threads(tmp_path: Path) -> None:
    task = EvolutionTask(circuit("mul8u_or9_v8"), bound=1.1, seed=3)
    stop = Stop(evaluations=2000)
    points = best_front(task, [1.1, 1.5], stop, seeds=3, checkpoint=tmp_path / "state")
    alone = [
        [r for _, r in evolve_front(replace(task, seed=s), [1.1, 1.5], stop)] for s in (3, 4, 5)
    ]
    for place, point in enumerate(points):
        assert point.result.power_uw == min(front[place].power_uw for front in alone)
        assert point.result.netlist == alone[point.seed - 3][place].netlist
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"state.s{seed}.{bound}" for seed in (3, 4, 5) for bound in (1.1, 1.5)}


def test_an_interruption_ends_all_seeds() -> None:
    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    task = EvolutionTask(circuit("mul8u_or9_v8"), bound=1.1)
    with pytest.raises(KeyboardInterrupt):
        best_front(task, [1.1], Stop(seconds=60), seeds=2, on_progress=interrupt)


def test_searches_stop_by_time_or_stall() -> None:
    task = EvolutionTask(circuit("mul8u_or13_v11"), bound=8.0)
    assert evolve(task, Stop(None, seconds=0)).progress.evaluations == 0
    progress = evolve(
        EvolutionTask(circuit("mul8u_exact"), bound=0), Stop(None, stall=500)
    ).progress
    assert progress.evaluations - progress.improved_at >= 500


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"metric": "mea"}, UnknownNameError, "did you mean 'mae_pct'|unknown error figure"),
        ({"bound": -1}, ConfigError, "bound: expected at least 0"),
        ({"children": 0}, ConfigError, "children: expected at least 1"),
        ({"signed": True}, ConfigError, "the start has mae_pct = .*mind that it is signed"),
    ],
)
def test_impossible_tasks_are_explained(
    options: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        EvolutionTask(circuit("mul8u_exact"), **options)  # type: ignore[arg-type]


def test_a_search_needs_an_end_and_a_circuit() -> None:
    with pytest.raises(ConfigError, match="needs a limit"):
        Stop(None)
    for limits in ({"seconds": math.nan}, {"seconds": math.inf}, {"evaluations": -1}):
        with pytest.raises(ConfigError, match="expected a finite number from 0 on"):
            Stop(**limits)
    with pytest.raises(ConfigError, match="at least one cell"):
        EvolutionTask(Netlist((), (0,) * 16), bound=100)


def test_numba_waits_for_the_first_search() -> None:
    code = "import sys, evoapproxnas.multipliers.evolution as e, evoapproxnas.circuits; "
    code += "print('numba' in sys.modules)"
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True).stdout.strip() == "False"


def test_genotypes_keep_the_start() -> None:
    task = EvolutionTask(circuit("mul8u_or9_v8"), bound=5)
    assert task.error(from_genotype(task.genotype)) == task.error(task.start)


def test_cached_words_give_what_a_full_evaluation_gives() -> None:
    from evoapproxnas.multipliers.evolution.kernels.search import accept, assess, search

    task = EvolutionTask(circuit("mul8u_exact"), bound=0.5, children=3)
    problem, child = problem_of(task, 1.0), child_of(task)
    parent = parent_of(task, task.genotype.genes)
    accept(problem, parent, child, assess(problem, parent, child))
    for _ in range(5):
        search(problem, parent, child, 1000)
        child.genes[:] = parent.genes
        fresh = assess(problem, parent_of(task, parent.genes), child)
        assert fresh == parent.energy_fj[0]


def test_the_bench_measures_a_multiplier_of_the_size_that_is_asked_for() -> None:
    measured = bench_circuits(seconds=0.01, threads=2)
    assert 350 <= measured.gates <= 400
    assert measured.per_second > 0
