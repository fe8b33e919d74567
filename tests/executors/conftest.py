import pytest

from evoapproxnas.executors import RayExecutor


@pytest.fixture(scope="session")
def ray_executor():
    """Two workers of a Ray of its own, with limits that tasks of these tests reach."""
    limits = {"timeout_seconds": 10, "memory_gb": 0.5}
    executor = RayExecutor(workers=2, threads_per_worker=1, **limits)
    yield executor
    executor.close()
