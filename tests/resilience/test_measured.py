"""What identifies a study."""

import keras

from evoapproxnas.resilience.measured import fingerprint


def test_fingerprints_follow_weights():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, name="dense")])
    before = fingerprint(model)
    assert before == fingerprint(model)
    weights = model.get_weights()
    weights[1][0] += 1
    model.set_weights(weights)
    assert fingerprint(model) != before
