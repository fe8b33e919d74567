"""Jobs on several threads, the caller's among them."""

import pytest

from evoapproxnas.emulation.kernels.host.threads import run_all


@pytest.mark.parametrize("threads", ["1", "3"])
def test_every_job_runs_once(threads: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVOAPPROXNAS_THREADS", threads)
    done: list[int] = []
    run_all([lambda i=i: done.append(i) for i in range(20)])
    assert sorted(done) == list(range(20))
    run_all([])


def test_an_exception_reaches_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVOAPPROXNAS_THREADS", "2")

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_all([fail] * 4)
