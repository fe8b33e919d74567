import json

import pytest

from evoapproxnas.config import QuantizationConfig
from evoapproxnas.errors import QuantizationError
from evoapproxnas.quantization import Quantization, exact_name


def test_the_scheme_follows_from_the_signedness_where_none_is_named() -> None:
    value = Quantization()
    assert (value.scheme(signed=False), value.scheme(signed=True)) == (
        "sign_magnitude",
        "symmetric",
    )
    assert value.resolved(signed=True).weight_scheme == "symmetric"
    assert value.signed is None
    symmetric = Quantization(weight_scheme="symmetric")
    assert (symmetric.signed, symmetric.exact_multiplier) == (True, "exact8s")
    assert value.exact_multiplier == exact_name(signed=False) == "exact8"
    with pytest.raises(QuantizationError, match="needs a signed multiplier"):
        symmetric.scheme(signed=False)


def test_it_is_stored_by_what_differs_from_the_defaults() -> None:
    value = Quantization(per_channel=True, weight_bits=4, range_method="percentile")
    stored = json.loads(json.dumps(value.to_dict()))
    assert stored == {"per_channel": True, "weight_bits": 4, "range_method": "percentile"}
    assert Quantization.from_dict(stored) == value
    assert Quantization().to_dict() == {}
    with pytest.raises(QuantizationError, match="did you mean 'per_channel'"):
        Quantization.from_dict({"per_chanel": True})
    with pytest.raises(QuantizationError, match="function cannot be stored"):
        Quantization(range_method=lambda statistics: (0.0, 1.0)).to_dict()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weight_scheme": "afine"}, "did you mean 'affine'"),
        ({"activation_bits": 9}, "activation_bits must be an integer from 2 to 8"),
        ({"weight_bits": True}, "weight_bits must be"),
        ({"gradient": "none"}, "'ste' or 'table', got 'none'"),
        ({"activation_range": "each"}, "'calibrated' or 'batch'"),
        ({"error_correction": "yes"}, "error_correction must be True or False"),
        ({"range_method": 3}, "range_method must be a name"),
    ],
)
def test_other_values_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(QuantizationError, match=message):
        Quantization(**changes)  # type: ignore[arg-type]


def test_the_configuration_holds_this_value() -> None:
    config = QuantizationConfig(per_channel=True, weight_bits=6)
    assert config.value == Quantization(
        weight_scheme="sign_magnitude", per_channel=True, weight_bits=6
    )
    fields = set(QuantizationConfig.model_fields) - {"calibration_images"}
    assert fields < set(Quantization().options)
