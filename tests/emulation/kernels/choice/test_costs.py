"""Costs from made-up measurements, and the choices that follow."""

import pytest

from evoapproxnas.emulation.kernels.choice import KernelTimes, Sample, fastest_kernel
from evoapproxnas.emulation.kernels.choice.costs import cost_of_constants, measured_cost
from evoapproxnas.emulation.kernels.choice.defaults import default_costs
from tests.emulation.kernels.choice.made import FakeKernel, conv, depthwise, table, times

LOOK_UP = FakeKernel("look-up", {"few": 1, "many": 1})
EXPANDING = FakeKernel("expanding", {"few": 4, "many": None})
KERNELS = [LOOK_UP, EXPANDING]


def name_of(work, key, **costs):
    found = fastest_kernel(
        work, table(key), KERNELS, {name.replace("_", "-"): cost for name, cost in costs.items()}
    )
    return None if found is None else found.name


def constant(per_product, family="wide"):
    return cost_of_constants({family: {"products": per_product}})


def test_terms_are_weighed_against_look_ups():
    assert name_of(conv(), "few", look_up=constant(1.0), expanding=constant(0.2)) == "expanding"
    assert name_of(conv(), "few", look_up=constant(1.0), expanding=constant(0.3)) == "look-up"
    assert name_of(conv(), "many", look_up=constant(1.0), expanding=constant(0.01)) == "look-up"


def test_kernels_that_were_not_measured_are_not_chosen():
    assert name_of(conv(), "few", look_up=constant(1.0)) == "look-up"
    assert name_of(conv(), "few") is None
    assert name_of(conv(), "many", expanding=constant(1.0)) is None


def test_a_kernel_without_constants_for_a_family_is_not_chosen_there():
    costs = {"look_up": constant(1.0, "narrow"), "expanding": constant(0.2)}
    assert name_of(depthwise(), "few", **costs) == "look-up"
    assert name_of(conv(), "few", **costs) == "expanding"


def test_tables_are_not_factorized_where_one_term_would_be_too_slow():
    asked = []

    class Asked(FakeKernel):
        def terms(self, table):
            asked.append(self.name)
            return super().terms(table)

    kernels = [LOOK_UP, Asked("expanding", {"few": 1})]
    slow, fast = constant(1.0), constant(0.5)
    fastest_kernel(conv(), table("few"), kernels, {"look-up": fast, "expanding": slow})
    assert not asked
    fastest_kernel(conv(), table("few"), kernels, {"look-up": slow, "expanding": fast})
    assert asked == ["expanding"]


def test_a_call_like_a_timed_one_is_as_far_off():
    work, far = conv(32), conv(1024, images=1, size=2)
    plain = cost_of_constants({"wide": {"products": 0.1}})
    constants = {"wide": {"products": 0.1}}
    said = plain.seconds(work, 1)
    cost = measured_cost(KernelTimes(constants, (Sample(work, 1, 2 * said),)))
    assert cost.seconds(work, 1) == pytest.approx(2 * said, rel=0.07)
    assert said < cost.seconds(conv(48), 1) / 2.25 < 2 * said
    assert cost.seconds(far, 1) == pytest.approx(plain.seconds(far, 1), rel=0.01)


def test_kinds_of_layers_are_not_near_each_other():
    work, pointwise = conv(32), conv(32, kernel=1)
    plain = cost_of_constants({"wide": {"products": 0.1}})
    cost = measured_cost(times(0.1, Sample(work, 1, 3 * plain.seconds(work, 1))))
    error = cost.seconds(pointwise, 1) / plain.seconds(pointwise, 1)
    assert error < 1.2


def test_the_nearest_timed_calls_turn_a_close_choice():
    """Constants prefer one kernel; at the very layer that was timed the other one is faster."""
    work = conv(16)
    by_constants = constant(1.0).seconds(work, 1)
    costs = {
        "look-up": measured_cost(times(1.0, Sample(work, 1, 0.7 * by_constants))),
        "expanding": measured_cost(times(0.22, Sample(work, 4, 0.95 * by_constants))),
    }
    assert constant(0.22).seconds(work, 4) < by_constants
    assert fastest_kernel(work, table("few"), KERNELS, costs) is LOOK_UP
    assert fastest_kernel(conv(256), table("few"), KERNELS, costs) is EXPANDING


@pytest.mark.parametrize(
    ("terms", "channels", "expected"),
    [(2, 64, "vnni"), (7, 16, "vnni"), (12, 64, "vnni"), (16, 64, "numba"), (16, 16, "numba")],
)
def test_default_costs(terms, channels, expected):
    kernels = [
        FakeKernel("numba", {"few": 1}),
        FakeKernel("factorized", {"few": terms}),
        FakeKernel("vnni", {"few": terms}),
        FakeKernel("unheard-of", {"few": 1}),
    ]
    costs = default_costs([kernel.name for kernel in kernels])
    found = fastest_kernel(conv(channels), table("few"), kernels, costs)
    assert found.name == expected
    assert fastest_kernel(depthwise(64), table("few"), kernels, costs).name == "numba"


def test_the_first_look_ups_of_a_machine_have_a_default_cost():
    assert set(default_costs(["new", "numba", "factorized"])) == {"new", "factorized"}
