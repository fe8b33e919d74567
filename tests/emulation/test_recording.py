"""What layers are recorded to add up is what they compute."""

import numpy as np
import pytest

from evoapproxnas.emulation.recording import recorded_calls
from evoapproxnas.errors import QuantizationError
from tests.emulation import cases


@pytest.mark.parametrize("name", sorted(cases.LAYERS))
def test_windows_come_to_what_the_layer_gives(name, coarse):
    model, _, x = cases.build(name, coarse)
    for calls in recorded_calls(model, x[:2]).values():
        for call in calls:
            places = [tuple(place) for place in np.ndindex(call.shape)][::7]
            for place, window in zip(places, call.windows(places), strict=True):
                products = coarse.table[window.activations, window.weights] * window.signs
                assert products.sum() == window.products
                assert window.activations.sum(dtype=int) == window.activation_sum
                assert window.products + window.offset == window.total
                assert call.sums.totals[place] == window.total


@pytest.mark.parametrize("scheme", ["sign_magnitude", "affine"])
def test_scaled_totals_are_the_outputs(scheme, coarse):
    model, layer, x = cases.build("conv_strided", coarse, weight_scheme=scheme)
    (call,) = recorded_calls(model, x[:3])[layer.name]
    outputs = call.sums.totals.astype(np.float32) * call.operands.scale + call.operands.bias
    np.testing.assert_array_equal(outputs, model(x[:3]))


def test_a_model_is_left_as_it_was(coarse):
    model, _, x = cases.build("conv", coarse)
    before = np.asarray(model(x))
    recorded_calls(model, x[:1])
    np.testing.assert_array_equal(before, model(x))


def test_a_layer_so_wide_that_its_sums_are_split_is_refused(coarse, monkeypatch):
    model, layer, x = cases.build("dense", coarse)
    place = "evoapproxnas.emulation.operation.convolution_types.largest_safe_terms"
    monkeypatch.setattr(place, lambda table, scheme, **_: 3)
    with pytest.raises(QuantizationError, match=f"{layer.name}.*so wide.*leave them exact"):
        recorded_calls(model, x[:1])
