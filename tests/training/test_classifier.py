import keras
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.errors import ConfigError, EvoApproxNASError
from evoapproxnas.training.classifier import load_classifier


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.keras"
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)]).save(path)
    return path.read_bytes()


def test_what_is_no_model_is_told(tmp_path):
    with pytest.raises(ConfigError, match="there is no model"):
        load_classifier(tmp_path / "absent.keras")
    (tmp_path / "empty.keras").touch()
    with pytest.raises(ConfigError, match="whole model saved"):
        load_classifier(tmp_path / "empty.keras")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_model_is_loaded_or_refused(tmp_path_factory, content, data):
    path = tmp_path_factory.mktemp("changed") / "model.keras"
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(changed) - 1))
        size = data.draw(st.sampled_from([1, 1, 4, 40]))
        changed[place : place + size] = data.draw(st.binary(max_size=size))
    path.write_bytes(changed)
    try:
        load_classifier(path)
    except EvoApproxNASError:
        pass
