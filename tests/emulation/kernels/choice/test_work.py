import pytest

from evoapproxnas.emulation.kernels.choice import work_of
from evoapproxnas.emulation.kernels.choice.work import QUANTITIES, USUAL_SIZE, quantities
from evoapproxnas.emulation.kernels.protocol import Geometry
from tests.emulation.kernels.choice.made import conv, depthwise


def amounts(work, terms=1):
    return dict(zip(QUANTITIES, quantities(work, terms), strict=True))


def test_a_call_in_numbers():
    work = work_of((3, 3, 16, 40), Geometry(strides=(2, 2)), (8, 32, 32, 16))
    assert (work.pixels, work.codes, work.taps) == (8 * 16 * 16, 8 * 32 * 32 * 16, 144)
    found = amounts(work, 7)
    assert found["calls"] == 1
    assert found["products"] == 7 * work.macs == 7 * 8 * 256 * 144 * 40
    assert found["lane_products"] == 7 * 8 * 256 * 144 * 48
    assert found["quad_products"] == found["lane_products"]
    assert found["line_products"] == 7 * 8 * 256 * 3 * 64 * 48
    assert found["code_terms"] == 7 * found["codes"]
    assert found["window_codes"] == found["window_products"] == 0


def test_affine_weights_sum_windows():
    found = amounts(work_of((3, 3, 4, 8), Geometry(), (1, 5, 5, 4), window_sums=True), 3)
    assert found["window_codes"] == 25 * 36
    assert found["window_products"] == 25 * 36 * 8


def test_pixels_between_strides_of_a_1x1_window_cost_nothing():
    one = work_of((1, 1, 16, 32), Geometry(), (2, 8, 8, 16))
    strided = work_of((1, 1, 16, 32), Geometry(strides=(2, 2)), (2, 16, 16, 16))
    assert one == strided


def test_sizes_that_are_not_known_are_usual_ones():
    images, rows, columns = USUAL_SIZE
    assert work_of((3, 3, 2, 4), Geometry()).pixels == images * rows * columns
    assert work_of((1, 1, 2, 4), Geometry(), (None, 1, 1, 2)).pixels == images
    assert work_of((3, 3, 2, 4), Geometry(), (3, None, 7, 2)).pixels == 3 * rows * 7


@pytest.mark.parametrize(
    ("groups", "outputs", "family"), [(1, 4, "wide"), (2, 32, "wide"), (2, 30, "narrow")]
)
def test_layers_of_narrow_groups_are_a_family_of_their_own(groups, outputs, family):
    assert work_of((3, 3, 4, outputs), Geometry(groups=groups)).family == family


def test_depthwise_layers_fill_lanes_over_groups():
    assert amounts(depthwise(20))["lane_products"] == 8 * 256 * 9 * 32


def test_nothing_to_do_takes_no_more_than_a_call():
    found = amounts(conv(images=0))
    assert found.pop("calls") == 1
    assert {name for name, amount in found.items() if amount} == {"weights", "weight_terms"}
