import os
from pathlib import Path

import pytest

from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers import load_library
from evoapproxnas.multipliers.published import match_published, read_published

HEADER = "name,signed,mae_pct,pdk45_pwr_mw\n"
EXACT = "exact,0,0,0.4\n"


def points_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "published.csv"
    path.write_text(text)
    return path


def test_power_is_relative_to_the_exact_circuit_of_the_source(tmp_path: Path) -> None:
    path = points_file(tmp_path, HEADER + EXACT + "half,0,0.5,0.2\nzero,0,25,0\n")
    (point,) = read_published(path)
    assert (point.name, point.mae_pct, point.relative_power) == ("half", 0.5, 0.5)
    library = load_library()
    (match,) = match_published([library.entry(name) for name in library], [point])
    assert library.entry(match.name).mae_pct <= 0.5
    assert match.reached == (match.relative_power <= 0.5)
    exact = [library.entry("mul8u_exact")]
    (alone,) = match_published(exact, [point])
    assert (alone.name, alone.relative_power, alone.reached) == ("mul8u_exact", 1.0, False)
    with pytest.raises(MultiplierError, match="no exact circuit of its signedness"):
        match_published([library.entry("mul8s_exact")], [point])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,signed\nx,0\n", "expected a CSV"),
        (HEADER + "x,2,1,1\n", "expected a CSV"),
        (HEADER + EXACT + "x,1,1,0.1\n", "no exact signed circuit"),
    ],
)
def test_files_without_the_figures_are_explained(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(MultiplierError, match=message):
        read_published(points_file(tmp_path, text))


def test_the_library_reaches_the_published_front() -> None:
    folder = os.environ.get("EVOAPPROXNAS_DATA")
    path = Path(folder or ".") / "evoapprox8u" / "published_figures.csv"
    if not path.exists():
        pytest.skip("EVOAPPROXNAS_DATA names no folder with evoapprox8u/published_figures.csv")
    library = load_library()
    matches = match_published([library.entry(name) for name in library], read_published(path))
    unsigned = [match.reached for match in matches if not match.point.signed]
    signed = [match.reached for match in matches if match.point.signed]
    assert (len(unsigned), len(signed)) == (37, 12)
    assert sum(unsigned) >= 32
    assert sum(signed) >= 10
