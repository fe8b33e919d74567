"""Inputs changed at random, for property tests: readers take them or raise an error of ours."""

from typing import Any

from hypothesis import strategies as st

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
"""Any value that JSON or TOML can hold."""


def changed(data: st.DataObject, content: bytes) -> bytes:
    """Replace, remove or repeat up to three stretches of a file."""
    result = bytearray(content)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(result)))
        end = place + data.draw(st.integers(0, 12))
        other = result[place:end] * data.draw(st.integers(0, 2))
        result[place:end] = data.draw(st.just(bytes(other)) | st.binary(max_size=9))
    return bytes(result)


def changed_value(data: st.DataObject, value: Any) -> Any:
    """Replace up to three parts of nested lists and dictionaries, in place."""
    for _ in range(data.draw(st.integers(1, 3))):
        place = value
        while True:
            key = data.draw(
                st.sampled_from(list(place) if isinstance(place, dict) else range(len(place)))
            )
            inner = place[key]
            if not (isinstance(inner, dict | list) and inner and data.draw(st.booleans())):
                break
            place = inner
        place[key] = data.draw(st.sampled_from([0, -1, 2, "input", "head"]) | plain)
    return value
