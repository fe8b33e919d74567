"""Code that is kept on the disk is of all the files that it was compiled from."""

from pathlib import Path

from evoapproxnas.compiled_code import sources_digest
from evoapproxnas.emulation import kernels
from evoapproxnas.emulation.kernels.numba_lookup.loops import work, work_in_lanes
from evoapproxnas.hardware.accelerators import orders


def test_a_change_of_any_source_is_another_digest(tmp_path: Path) -> None:
    for name in ("loops.py", "steps/lanes.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    before = sources_digest(tmp_path)
    assert sources_digest(tmp_path) == before
    (tmp_path / "steps" / "lanes.py").write_text("2")
    assert sources_digest(tmp_path) != before


def test_numba_keeps_kernels_and_the_search_for_orders_by_that() -> None:
    places = ((kernels, (work, work_in_lanes)), (orders, (orders.best_order, orders.price_shapes)))
    for package, functions in places:
        digest = sources_digest(Path(package.__file__).parent)
        for each in functions:
            assert digest in each._cache._cache_file._source_stamp
