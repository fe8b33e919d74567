import pytest

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.latency.interpolation import Interpolation
from evoapproxnas.hardware.latency.operation import Operation, Step


def _convolution(side: int, channels: int, kernel: int = 3) -> Operation:
    attributes = {"bias": True, "channels": channels, "kernel": kernel, "stride": 1}
    return Operation(((side, side, 16),), (Step("conv2d", tuple(attributes.items())),))


def _ms(operation: Operation) -> float:
    return 0.001 + 1e-6 * operation.macs + 2e-6 * operation.elements


KNOWN = {
    operation: _ms(operation)
    for operation in (_convolution(s, c) for s in (4, 8, 16) for c in (8, 16, 32))
}


def test_times_that_follow_from_sizes_are_found_between_and_beyond():
    estimates = Interpolation(KNOWN)
    for other, within in ((_convolution(8, 24), 0.1), (_convolution(32, 64), 0.5)):
        assert estimates.milliseconds(other) == pytest.approx(_ms(other), rel=within)


def test_what_a_kernel_likes_is_followed():
    slow = {o: ms * (2 if o.inputs[0][0] == 16 else 1) for o, ms in KNOWN.items()}
    other = _convolution(16, 24)
    assert Interpolation(slow).milliseconds(other) == pytest.approx(2 * _ms(other), rel=0.25)


def test_windows_that_were_measured_once_only_take_others_of_their_kind():
    other = _convolution(8, 16, kernel=5)
    found = Interpolation({**KNOWN, _convolution(4, 8, kernel=5): 0.06}).milliseconds(other)
    assert 0.06 < found < 1


def test_estimates_do_not_depend_on_what_was_asked_before():
    first, second = _convolution(8, 24), _convolution(16, 12)
    one, other = Interpolation(KNOWN), Interpolation(KNOWN)
    assert one.milliseconds(first) == [other.milliseconds(second), other.milliseconds(first)][1]


def test_a_kind_that_was_never_measured_is_said():
    pool = Operation(((8, 8, 2),), (Step("global_average_pool"),))
    with pytest.raises(MeasurementError, match="no operation of kind global_average_pool"):
        Interpolation(KNOWN).milliseconds(pool)
