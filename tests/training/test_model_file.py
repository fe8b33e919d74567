import keras
import numpy as np
import pytest

from evoapproxnas.errors import StoreError
from evoapproxnas.training.model_file import save_model


def test_a_model_arrives_whole_or_not_at_all(tmp_path, monkeypatch):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2)])
    path = tmp_path / "g00-01.float.keras"
    save_model(model, path)
    again = keras.saving.load_model(path)
    np.testing.assert_array_equal(again.get_weights()[0], model.get_weights()[0])
    assert [p.name for p in tmp_path.iterdir()] == [path.name]

    def fail(self, target):
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keras.Sequential, "save", fail)
    with pytest.raises(StoreError, match="No space left on device; free some space"):
        save_model(model, path)
    keras.saving.load_model(path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
