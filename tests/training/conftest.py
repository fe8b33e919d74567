import os
from pathlib import Path

import numpy as np
import pytest

from evoapproxnas.config import DataConfig
from evoapproxnas.training import Dataset, load_dataset


@pytest.fixture(scope="session")
def digits() -> Dataset:
    return load_dataset(DataConfig())


@pytest.fixture
def no_data(monkeypatch, tmp_path) -> None:
    """No data folder is known, and the Keras cache is empty."""
    monkeypatch.delenv("EVOAPPROXNAS_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


@pytest.fixture
def cifar10_config() -> DataConfig:
    folder = os.environ.get("EVOAPPROXNAS_DATA")
    if not folder:
        pytest.skip("EVOAPPROXNAS_DATA does not name a folder with cifar10.npz")
    paths = [Path(folder) / "cifar10.npz", Path(folder) / "cifar10" / "cifar10.npz"]
    if not any(path.is_file() for path in paths):
        pytest.skip(f"no cifar10.npz in EVOAPPROXNAS_DATA={folder}")
    return DataConfig(dataset="cifar10")


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    """A well-formed set of 60 + 20 colour images of 8x8 pixels in four classes."""
    rng = np.random.default_rng(0)
    return {
        "x_train": rng.integers(0, 256, (60, 8, 8, 3), dtype=np.uint8),
        "y_train": np.arange(60) % 4,
        "x_test": rng.integers(0, 256, (20, 8, 8, 3), dtype=np.uint8),
        "y_test": np.arange(20) % 4,
    }
