import pytest


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Run in an empty folder, within a process whose TensorFlow has begun with its threads."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("evoapproxnas.problems.cnn.common.deterministic", lambda threads: None)
