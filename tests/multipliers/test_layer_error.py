import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.circuits import (
    OperandDistribution,
    network_operands,
    product_table,
    uniform_operands,
)
from evoapproxnas.circuits.operands import symmetric_codes
from evoapproxnas.multipliers import exact_table, load_library
from evoapproxnas.multipliers.evolution import EvolutionTask, Stop, evolve
from evoapproxnas.multipliers.evolution.arrays import child_of, parent_of, problem_of
from evoapproxnas.multipliers.evolution.layer_error import (
    CODES,
    NOISE_SHARE,
    STRATA,
    activation_strata,
    layer_mse,
    weight_strata,
    zero_code,
)

SYMMETRIC = OperandDistribution(symmetric_codes(), symmetric_codes(sigma=12))


def exact() -> np.ndarray:
    return exact_table(signed=False)


def test_what_a_layer_corrects_does_not_count() -> None:
    offset = np.arange(256) ** 2 // 7  # one for each weight
    assert layer_mse(exact() + offset, signed=False, operands=network_operands()) == 0


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_mean_errors_count_in_full_and_noise_in_part(size: int, seed: int) -> None:
    operands = network_operands()
    signs = np.random.default_rng(seed).choice([-1, 1], (256, 256))
    signs[0] = 0  # a zero activation gives zero
    noise = layer_mse(exact() + (size * signs).astype(np.int32), signed=False, operands=operands)
    gain = layer_mse(exact() + size * (signs != 0), signed=False, operands=operands)
    zero_share = operands.activations[0]
    kept = (1 - zero_share) ** 2 + NOISE_SHARE * (zero_share - zero_share**2)
    assert gain == pytest.approx(size**2 * kept)
    assert noise < 0.5 * gain


@pytest.mark.parametrize("operands", [network_operands(), SYMMETRIC, uniform_operands()])
def test_strata_stand_for_the_distribution(operands: OperandDistribution) -> None:
    signed = operands is SYMMETRIC
    sizes = np.abs(np.arange(256) - 256 * (signed & (np.arange(256) > 127)))
    sides = [
        (activation_strata(operands, signed=signed), operands.activations),
        (weight_strata(operands, signed=signed), operands.weights),
    ]
    for strata, probabilities in sides:
        assert strata.codes.shape == (STRATA, CODES)
        assert strata.shares.sum() == pytest.approx(1)
        assert (probabilities[strata.codes] > 0).all()
        for power in (1, 2):
            mean = strata.shares @ (sizes[strata.codes].astype(float) ** power).mean(axis=1)
            assert mean == pytest.approx(probabilities @ sizes.astype(float) ** power, rel=0.02)
    activations = sides[0][0]
    assert (activations.codes[0] == zero_code(operands)).all()
    assert activations.shares[0] == operands.activations.max()


def test_operands_that_are_always_the_same_have_strata() -> None:
    always = OperandDistribution(np.arange(256) == 7, np.arange(256) == 9)
    assert (activation_strata(always, signed=False).codes == 7).all()
    assert (weight_strata(always, signed=False).codes == 9).all()


@pytest.mark.parametrize("name", ["mul8u_or9_v8", "mul8u_top3", "mul8s_or6_v2"])
def test_compiled_error_is_that_of_the_strata(name: str) -> None:
    from evoapproxnas.multipliers.evolution.kernels.search import assess
    from evoapproxnas.multipliers.making.recipes import start_circuit, start_names

    signed = name.startswith("mul8s")
    operands = SYMMETRIC if signed else network_operands()
    known = start_names(signed=signed)
    netlist = start_circuit(name) if name in known else load_library().netlist(name)
    task = EvolutionTask(netlist, "layer_mse", 1e12, signed=signed, operands=operands)
    expected = layer_mse_of_strata(task)
    assert expected == pytest.approx(task.error(netlist), rel=0.1)
    for scale, fits in ((1 + 1e-6, True), (1 - 1e-6, False)):
        problem, parent = problem_of(task, 1.0), parent_of(task, task.genotype.genes)
        problem.limit[0] = expected * scale
        assert np.isfinite(assess(problem, parent, child_of(task))) == fits


def layer_mse_of_strata(task: EvolutionTask) -> float:
    error = product_table(task.start, signed=task.signed) - exact_table(signed=task.signed)
    activations = activation_strata(task.distribution, signed=task.signed)
    weights = weight_strata(task.distribution, signed=task.signed)
    total = 0.0
    for share, codes in zip(weights.shares, weights.codes, strict=True):
        errors = error[activations.codes[:, :, np.newaxis], codes].astype(float)
        mean = np.tensordot(activations.shares, errors.mean(axis=1), 1)
        square = np.tensordot(activations.shares, (errors**2).mean(axis=1), 1)
        kept = (mean - errors[0, 0]) ** 2 + NOISE_SHARE * (square - mean**2)
        total += share * kept.mean()
    return total


def test_power_of_strata_is_that_of_the_distribution() -> None:
    from evoapproxnas.multipliers.evolution.kernels.search import assess

    netlist = load_library().netlist("mul8u_or9_v8")
    energies = [
        assess(problem_of(task, 1.0), parent_of(task, task.genotype.genes), child_of(task))
        for metric in ("mse", "layer_mse")
        for task in [EvolutionTask(netlist, metric, 1e12, operands=network_operands())]
    ]
    assert energies[0] == pytest.approx(energies[1], rel=0.01)


def test_evolution_keeps_the_bound() -> None:
    netlist = load_library().netlist("mul8u_exact")
    task = EvolutionTask(netlist, "layer_mse", 400.0, operands=network_operands())
    result = evolve(task, Stop(evaluations=4000))
    assert 0 < result.error <= 400
    assert result.power_uw < 0.85 * 127.2
