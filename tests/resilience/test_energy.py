from types import SimpleNamespace

import numpy as np
import pytest

import evoapproxnas as ea
from evoapproxnas.circuits import OperandDistribution, power_uw, uniform_operands
from evoapproxnas.emulation.calibration.operand_histograms import FedOperands, operand_distribution
from evoapproxnas.errors import ConfigError, MultiplierError, StoreError
from evoapproxnas.multipliers import CatalogEntry, add_multiplier
from evoapproxnas.nsga2_arrays import Evolution
from evoapproxnas.resilience import AssignOptions, SweepOptions, assign, sweep
from evoapproxnas.resilience.energy import NetworkPrice, check_operands
from evoapproxnas.resilience.network import Quantization

CIRCUIT = "mul8u_or8_v6"
OPTIONS = SweepOptions(multipliers=(CIRCUIT,), bits=(4,), images=60, operands="network")


def priced(fed, folder=None):
    network = SimpleNamespace(quantization=Quantization(), fed_operands=lambda multiplier: fed)
    return NetworkPrice(network, folder)


def only(code):
    return (np.arange(256) == code).astype(float)


def test_uniform_histograms_give_the_published_energy():
    multiplier = ea.load_library()[CIRCUIT]
    price = priced({"conv": FedOperands(uniform_operands(), 1.0)})
    assert price("conv", multiplier) == pytest.approx(multiplier.energy_pj, rel=1e-5)


def test_what_does_not_switch_costs_nothing():
    exact = ea.load_library()["exact8"]
    weights = np.ones(256)
    fed = {
        "black": FedOperands(OperandDistribution(only(0), weights), 1.0),
        "constant": FedOperands(OperandDistribution(only(7), only(9)), 1.0),
        "skipped": FedOperands(None, 0.0),
        "half": FedOperands(uniform_operands(), 0.5),
    }
    price = priced(fed)
    # Without activations no gate behind the partial products switches.
    assert price("black", exact) == pytest.approx(0, abs=1e-12)
    assert price("constant", exact) == pytest.approx(0, abs=1e-12)
    assert price("skipped", exact) == 0
    assert price("half", exact) == pytest.approx(exact.energy_pj / 2, rel=1e-5)


def test_what_is_computed_is_remembered(tmp_path):
    multiplier = ea.load_library()[CIRCUIT]
    small = FedOperands(OperandDistribution(np.arange(256) < 16, np.arange(256) < 16), 1.0)
    first = priced({"a": small, "b": small}, tmp_path)("b", multiplier)
    lines = (tmp_path / "energies.csv").read_text().splitlines(keepends=True)
    assert len(lines) == 3
    assert priced({}, tmp_path)("a", multiplier) == first
    (tmp_path / "energies.csv").write_text("".join(lines[:2]))
    assert priced({"a": small, "b": small}, tmp_path)("b", multiplier) == first
    assert (tmp_path / "energies.csv").read_text() == "".join(lines)


@pytest.fixture(scope="module")
def swept(trained, digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("energy")
    return folder, sweep(trained, digits, options=OPTIONS, folder=folder)


def test_sweeps_tell_the_energy_under_both(swept, trained, digits):
    rows = swept[1].to_frame().set_index("multiplier")
    library = ea.load_library()
    counts = {"first": 64 * 9 * 6, "second": 64 * 9 * 6 * 6, "head": 96 * 10}
    chosen = {"first": CIRCUIT, "second": CIRCUIT, "head": "mul8u_exact"}
    converted = ea.approximate(trained, "exact8", digits.x_train[:256])

    def expected(chosen, power):
        return sum(n * power(path, library.netlist(chosen[path])) for path, n in counts.items())

    def published(path, netlist):
        return power_uw(netlist)

    def own(path, netlist):
        return power_uw(netlist, operand_distribution(converted, path))

    exact, row = dict.fromkeys(counts, "exact8"), rows.loc[CIRCUIT]
    for prefix, power, tolerance in [("uniform_", published, 1e-5), ("", own, 0.02)]:
        # A few weights in a thousand are rounded to 0, which costs nothing.
        energy = expected(chosen, power)
        assert row[f"{prefix}energy_nj"] * 1e6 == pytest.approx(energy, rel=tolerance)
        relative = energy / expected(exact, power)
        assert row[f"{prefix}relative_energy"] == pytest.approx(relative, rel=tolerance)
    assert rows.loc["mul8u_exact", "relative_energy"] == 1
    assert rows.loc["mul8u_exact_a4w4", "relative_energy"] < 0.3


def test_an_interrupted_sweep_knows_its_energies(swept, trained, digits, tmp_path):
    (tmp_path / "identity.json").write_text((swept[0] / "identity.json").read_text())
    for name, kept in (("sweep.csv", 2), ("energies.csv", 3)):
        lines = (swept[0] / name).read_text().splitlines(keepends=True)
        (tmp_path / name).write_text("".join(lines[:kept]))
    again = sweep(trained, digits, options=OPTIONS, folder=tmp_path)
    assert again.to_frame().equals(swept[1].to_frame())
    uniform = SweepOptions(**{**OPTIONS.__dict__, "operands": "uniform"})
    with pytest.raises(StoreError, match="operands was 'network', now 'uniform'"):
        sweep(trained, digits, options=uniform, folder=tmp_path)


def test_assignments_are_searched_by_the_energy_asked_for(trained, digits, tmp_path):
    options = AssignOptions(
        multipliers=(CIRCUIT, "mul8u_or10_v9"), operands="network", tune_weights=True, images=40,
        sensitivity_images=20, verify=5, rounds=1, test_images=10, max_loss_points=90.0,
        evolution=Evolution(10, 5),
    )  # fmt: skip
    result = assign(trained, digits, options=options, folder=tmp_path)
    frame = result.to_frame().set_index("id")
    assert frame.loc["a000", ["relative_energy", "uniform_relative_energy"]].tolist() == [1, 1]
    assert (frame["energy_nj"] < frame["uniform_energy_nj"]).all()
    assert assign(trained, digits, options=options, folder=tmp_path).verified == result.verified


def test_what_has_no_gates_has_no_such_energy(tmp_path, monkeypatch):
    monkeypatch.setenv("EVOAPPROXNAS_LIBRARY", str(tmp_path))
    table = ea.load_library()[CIRCUIT].table.copy()
    table[3, 3] += 1
    entry = CatalogEntry.of_table("mine", table, signed=False, origin="a test", power_uw=100.0)
    add_multiplier(entry, table)
    chosen = (ea.load_library()["mine"],)
    check_operands("uniform", chosen)
    with pytest.raises(MultiplierError, match=r"tables only: mine; .* Verilog or BLIF"):
        check_operands("network", chosen)
    with pytest.raises(ConfigError, match="'uniform' or 'network', got 'mine'"):
        check_operands("mine", chosen)
