from pathlib import Path

import pytest

from evoapproxnas.multipliers.user_library import ENVIRONMENT


@pytest.fixture(autouse=True)
def user_library(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Give every test an empty user library, whatever the user has imported."""
    folder = tmp_path_factory.mktemp("user") / "library"
    monkeypatch.setenv(ENVIRONMENT, str(folder))
    return folder
