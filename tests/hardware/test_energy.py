import numpy as np
import pytest

from evoapproxnas.errors import MultiplierError
from evoapproxnas.hardware import (
    LayerWork,
    Workload,
    mmac_equivalents,
    multiplier_energy,
    multiplier_energy_nj,
)
from evoapproxnas.hardware.energy import uniform_price, with_control_variates
from evoapproxnas.multipliers import Multiplier, MultiplierChoice, load_library


def dense(path: str, inputs: int, units: int) -> LayerWork:
    return LayerWork(
        path=path, kind="dense", input_shape=(1, 1, inputs), output_shape=(1, 1, units)
    )


WORK = Workload((dense("a", 10, 100), dense("b/depthwise", 20, 50), dense("b/pointwise", 5, 200)))


def test_energy_is_multiplications_times_energy_of_each() -> None:
    library = load_library()
    circuit, exact = library["mul8u_or8_v6"], library["exact8"]
    energy = multiplier_energy(WORK, {"a": circuit, "b": exact})
    assert energy.energy_nj == pytest.approx(circuit.energy_pj + 2 * exact.energy_pj)
    assert energy.exact_nj == pytest.approx(3 * exact.energy_pj)
    assert energy.relative == pytest.approx(energy.energy_nj / energy.exact_nj)
    assert energy.mmac_equivalents == pytest.approx(0.003 * energy.relative)
    assert mmac_equivalents(energy.exact_nj) == pytest.approx(0.003)


def test_narrow_circuits_count_as_such() -> None:
    narrow = load_library()["mul8u_exact_a6w4"]
    chosen = {"a": MultiplierChoice.of("mul8u_exact_a6w4"), "b/pointwise": narrow}
    assert multiplier_energy_nj(WORK, chosen) == pytest.approx(2 * narrow.energy_pj)


def test_control_variates_multiply_every_byte_of_a_windows_sum_once_for_each_output() -> None:
    library = load_library()
    circuit, exact = library["mul8u_or8_v6"], library["exact8"]
    price = with_control_variates(uniform_price, WORK)
    chosen = {"a": circuit, "b/depthwise": exact, "b/pointwise": library["mul8u_exact_a6w4"]}
    # Sums of ten codes have two bytes; exact layers, narrow ones as well, have nothing to correct.
    added = 2 * 100 * exact.energy_pj / 1000
    assert multiplier_energy_nj(WORK, chosen, price=price) == pytest.approx(
        multiplier_energy_nj(WORK, chosen) + added
    )


def test_what_is_not_known_is_an_error_not_zero() -> None:
    blank = Multiplier.from_table("blank", np.multiply.outer(np.arange(256), np.arange(256)))
    with pytest.raises(MultiplierError, match="'blank' has no power figure"):
        multiplier_energy_nj(WORK, {"a": blank})
    with pytest.raises(MultiplierError, match="'c' is not in the workload.* a, b/depthwise"):
        multiplier_energy_nj(WORK, {"c": load_library()["exact8"]})
