from evoapproxnas.hardware.latency.timing import Repetitions, time_call


class _Clock:
    """Goes on by what the calls take; one in ten is interrupted."""

    def __init__(self, seconds: float) -> None:
        self.now, self.calls, self.seconds = 0.0, 0, seconds

    def __call__(self) -> float:
        return self.now

    def call(self) -> None:
        self.calls += 1
        self.now += self.seconds * (100 if self.calls % 10 == 0 else 1)


def test_the_median_does_not_see_interruptions():
    clock = _Clock(1e-3)
    timing = time_call(clock.call, Repetitions(warm_up=2, least=30, seconds=0.0), clock=clock)
    assert timing.median_ms == timing.fastest_ms == 1.0 or abs(timing.median_ms - 1) < 1e-9
    assert timing.repetitions == 30


def test_short_calls_are_timed_several_at_once():
    clock = _Clock(1e-6)
    timing = time_call(clock.call, Repetitions(warm_up=0, least=5, seconds=0.0), clock=clock)
    assert 5 * 20 <= clock.calls <= 1 + 5 * 21
    assert timing.fastest_ms >= 1e-3 * (1 - 1e-9)


def test_repetitions_go_on_as_long_as_there_is_time():
    clock = _Clock(1e-3)
    timing = time_call(clock.call, Repetitions(warm_up=0, least=1, seconds=0.5), clock=clock)
    assert timing.repetitions > 20
