import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from evoapproxnas.circuits import (
    Cell,
    Netlist,
    OperandDistribution,
    load_operands,
    network_operands,
    power_uw,
    powers_uw,
    relu_activations,
    save_operands,
    sign_magnitude_weights,
    symmetric_codes,
    uniform_operands,
)
from evoapproxnas.circuits.cells import cells_45nm
from evoapproxnas.circuits.cost import power_by_net_uw, settled_activity
from evoapproxnas.errors import MultiplierError


def test_probabilities_are_normalized_and_frozen() -> None:
    operands = OperandDistribution(np.arange(256), np.ones(256))
    assert operands.activations.sum() == pytest.approx(1)
    assert operands.pairs[4, 0] == pytest.approx(2 * operands.pairs[2, 9])
    assert uniform_operands().is_uniform
    assert not operands.is_uniform
    with pytest.raises(ValueError, match="read-only"):
        operands.weights[0] = 1


def test_codes_are_counted() -> None:
    operands = OperandDistribution.from_codes([[0, 0], [0, 7]], np.array([255], np.uint8))
    assert operands.activations[[0, 7]] == pytest.approx([0.75, 0.25])
    assert operands.weights[255] == 1


def test_helpers_follow_what_networks_feed() -> None:
    activations = relu_activations(zero_share=0.3)
    assert activations[0] == pytest.approx(0.3)
    assert (np.diff(activations[1:]) < 0).all()
    magnitudes = sign_magnitude_weights(sigma=20)
    assert magnitudes[1] == pytest.approx(2 * magnitudes[0], rel=0.01)
    codes = symmetric_codes()
    assert codes[1] == codes[255] > codes[2]
    assert codes[128] == 0
    assert network_operands() is network_operands()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: OperandDistribution(np.ones(255), np.ones(256)), "activations: expected 256"),
        (lambda: OperandDistribution(np.ones(256), np.zeros(256)), "weights: .* only zeros"),
        (lambda: OperandDistribution.from_codes([-1], [0]), r"codes 0\.\.255"),
        (lambda: OperandDistribution.from_codes([0], []), "weights: expected"),
        (lambda: relu_activations(zero_share=2), "zero_share"),
        (lambda: sign_magnitude_weights(sigma=0), "sigma"),
    ],
)
def test_unusable_distributions_are_explained(make: object, message: str) -> None:
    with pytest.raises(MultiplierError, match=message):
        make()  # type: ignore[operator]


def test_activity_is_weighted_by_the_operands() -> None:
    netlist = Netlist((Cell("and2", (2, 10)), Cell("not", (3,))), (18, 19) * 8)
    operands = OperandDistribution.from_codes([0, 0, 0, 1], [1])
    activity = settled_activity(netlist, operands)
    assert activity[[2, 18, 19]] == pytest.approx([2 * 0.25 * 0.75, 2 * 0.25 * 0.75, 0])


def test_small_operands_need_less_power(exact: Netlist) -> None:
    uniform = power_uw(exact)
    assert power_uw(exact, uniform_operands()) == uniform
    assert power_by_net_uw(exact).sum() == pytest.approx(uniform)
    assert power_uw(exact, network_operands()) < 0.8 * uniform
    # Nearly the uniform distribution, by the other way of counting and drawing.
    almost = OperandDistribution(np.ones(256) + 1e-9 * np.arange(256), np.ones(256))
    assert power_uw(exact, almost) == pytest.approx(uniform, rel=0.02)


def test_distributions_survive_the_file(tmp_path: Path) -> None:
    operands = OperandDistribution.from_codes([0, 0, 3, 255], [1, 2])
    save_operands(tmp_path / "o.npz", operands, signed=False)
    read = load_operands(tmp_path / "o.npz", signed=False)
    assert np.array_equal(read.pairs, operands.pairs)
    with pytest.raises(MultiplierError, match="counts unsigned codes, but .* is signed"):
        load_operands(tmp_path / "o.npz", signed=True)
    (tmp_path / "text.npz").write_text("text")
    np.savez(tmp_path / "other.npz", x=np.ones(3))
    for name in ("absent.npz", "text.npz", "other.npz"):
        with pytest.raises(MultiplierError, match=f"{name} holds no operand distribution"):
            load_operands(tmp_path / name, signed=False)
    with pytest.raises(MultiplierError, match="cannot write"):
        save_operands(tmp_path / "absent" / "o.npz", operands, signed=False)


def test_a_file_that_unpacks_to_more_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    many = np.zeros(50_000_000)
    np.savez_compressed(tmp_path / "bomb.npz", activations=many, weights=many, signed=False)
    tracemalloc.start()
    with pytest.raises(MultiplierError, match=r"bomb.npz .* take 800,.* bytes, expected at most"):
        load_operands(tmp_path / "bomb.npz", signed=False)
    assert tracemalloc.get_traced_memory()[1] < 10e6
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"signed": "yes"}, "does not tell whether its codes are signed"),
        ({"signed": np.array([True, False])}, "does not tell whether"),
        ({"activations": np.array(["a"] * 256)}, "activations: expected 256 numbers"),
        ({"weights": np.full(256, np.nan)}, "weights: expected 256 finite numbers"),
        ({"weights": np.ones((16, 16))}, "weights: expected 256 finite numbers"),
    ],
)
def test_files_of_other_arrays_are_explained(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    arrays = {"activations": np.ones(256), "weights": np.ones(256), "signed": False} | changes
    np.savez(tmp_path / "o.npz", **arrays)  # type: ignore[arg-type]
    with pytest.raises(MultiplierError, match=f"o.npz .*{message}"):
        load_operands(tmp_path / "o.npz", signed=False)


def test_huge_counts_are_a_distribution_as_well() -> None:
    assert OperandDistribution(np.full(256, 1e308), np.ones(256)).is_uniform


def test_several_distributions_at_once_give_the_power_of_each(exact: Netlist) -> None:
    operands = [network_operands(), uniform_operands(), network_operands(zero_share=0.9)]
    expected = [power_uw(exact, each) for each in operands]
    assert powers_uw(exact, operands) == pytest.approx(expected)


def test_power_of_one_gate_by_hand() -> None:
    netlist = Netlist((Cell("and2", (9, 17)),), (18,) + (0,) * 15)  # A[7] and B[7]
    often = OperandDistribution(np.repeat([1, 3], 128), np.repeat([1, 1], 128))
    ones = 0.75 * 0.5
    cells = cells_45nm()
    expected = cells.power_uw_per_fj * 2 * ones * (1 - ones) * cells.cells["and2"].internal_fj
    never = OperandDistribution(np.repeat([1, 0], 128), np.repeat([1, 1], 128))
    assert powers_uw(netlist, [often, never]) == pytest.approx([expected, 0])
