import os
from pathlib import Path

import numpy as np
import pytest

from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers import Library, load_library
from evoapproxnas.multipliers.library import bundled_folder
from evoapproxnas.report.published import covered, read_published

_HEADER = "name,signed,mae_pct,wce_pct,pdk45_pwr_mw,else\n"
_EXACT = "exact,0,0.0,0.0,0.4,\nsigned_exact,1,0.0,0.0,0.5,\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "published.csv"


def test_power_is_relative_to_the_exact_circuit_of_the_source(path: Path) -> None:
    path.write_text(f"{_HEADER}half,0,0.20,1.5,0.2,x\n{_EXACT}s,1,0.2,2,0.1,\n")
    half, exact = read_published(path, signed=False, error="mae_pct")
    assert (half.name, half.error, half.relative_power) == ("half", 0.2, 0.5)
    assert exact.relative_power == 1
    signed = read_published(path, signed=True, error="wce_pct")
    assert [(point.error, point.relative_power) for point in signed] == [(0, 1), (2, 0.2)]


def test_a_match_is_as_good_in_both(path: Path) -> None:
    library = load_library()
    entry = library.entry("mul8u_or9_v8")
    power = entry.power_uw / library.entry("exact8").power_uw * 0.4
    mae = f"{entry.mae_pct + 5e-7:.6f}"
    rows = [
        f"same,0,{mae},9,{power * 1.0001}",
        f"free_of_error,0,{entry.mae_pct / 100},9,{power * 1.0001}",
        f"nearly_free,0,{mae},9,1e-6",
        "free,0,5,9,0",
    ]
    path.write_text(f"{_HEADER}{_EXACT}" + ",\n".join([*rows, ""]))
    points = read_published(path, signed=False, error="mae_pct")
    assert covered(points, library, signed=False, error="mae_pct") == (
        ["same"],
        ["free_of_error", "nearly_free"],
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,mae_pct\nx,1\n", ":1: columns signed, pdk45_pwr_mw are missing"),
        (f"{_HEADER}x,0,1,2,0.3,\n", "expected an exact unsigned circuit"),
        (f"{_HEADER}{_EXACT}x,0,one,2,0.3,\n", r":4: 'mae_pct': .*valid number, got 'one'"),
        (f"{_HEADER}{_EXACT}x,0,nan,2,0.3,\n", r":4: 'mae_pct'.*finite"),
        (f"{_HEADER}{_EXACT}x,2,0,2,0.3,\n", r":4: 'signed'"),
        (f"{_HEADER}{_EXACT}\nx,0\n", ":5: 2 cells for 6 columns"),
        (f"{_HEADER}x,0,0.0,2,0.0,\n", "expected an exact unsigned circuit"),
    ],
)
def test_files_that_cannot_be_used_are_explained(path: Path, text: str, message: str) -> None:
    path.write_text(text)
    with pytest.raises(MultiplierError, match=message):
        read_published(path, signed=False, error="mae_pct")
    with pytest.raises(MultiplierError, match="cannot read .*absent"):
        read_published(path.with_name("absent"), signed=False, error="mae_pct")


def test_errors_are_computed_where_the_table_lies_beside_the_file(path: Path) -> None:
    a, w = np.mgrid[0:256, 0:256]
    products = a * w
    products[::2] &= ~1
    products[1, 1] = 0  # off by 1 once: a mean of 1 / 65,536 of 65,535
    path.with_name("mine.bin").write_bytes(products.astype("<u2").tobytes())
    path.write_text(f"{_HEADER}mine,0,0.0,0.0015,0.3,\nother,0,0.1,2,0.3,\n{_EXACT}")
    mine, other, _ = read_published(path, signed=False, error="mae_pct")
    assert mine.error == pytest.approx(100 / 65536 / 65535, rel=1e-4)
    assert other.error == 0.1
    path.with_name("mine.bin").write_bytes(b"short")
    with pytest.raises(MultiplierError, match="expected 131072 bytes"):
        read_published(path, signed=False, error="mae_pct")


@pytest.mark.parametrize(("signed", "points", "most"), [(False, 37, 5), (True, 12, 2)])
def test_the_bundled_library_reaches_the_published_fronts(
    signed: bool, points: int, most: int
) -> None:
    folder = os.environ.get("EVOAPPROXNAS_DATA")
    path = Path(folder or ".") / "evoapprox8u" / "published_figures.csv"
    if not path.exists():
        pytest.skip("EVOAPPROXNAS_DATA names no folder with evoapprox8u/published_figures.csv")
    published = read_published(path, signed=signed, error="mae_pct")
    found, missing = covered(published, Library(bundled_folder()), signed=signed, error="mae_pct")
    assert len(found) + len(missing) == points
    assert len(missing) <= most
