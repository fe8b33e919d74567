import shutil
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evoapproxnas.errors import MultiplierError, NetlistError, UnknownNameError
from evoapproxnas.files import atomic_file
from evoapproxnas.multipliers import (
    ALIASES,
    Library,
    Multiplier,
    add_multiplier,
    exact_table,
    generate_multiplier,
    load_library,
    resolve,
    use_library,
    user_folder,
)
from evoapproxnas.multipliers.library import bundled_folder
from evoapproxnas.multipliers.user_library import ENVIRONMENT, user_folders


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return shutil.copytree(bundled_folder(), tmp_path / "multipliers")


def test_names_and_aliases_give_multipliers() -> None:
    library = load_library()
    assert np.array_equal(library["exact8"].table, exact_table(signed=False))
    assert np.array_equal(library["exact8s"].table, exact_table(signed=True))
    assert library["exact8"] is library["mul8u_exact"]
    assert library["exact8s"].signed
    assert "exact8" in library
    assert "exact8" not in list(library)
    assert len(library) == len(list(library)) == len(set(library))


def test_figures_need_no_table() -> None:
    library = Library(bundled_folder())
    assert library.entry("exact8").mae_pct == 0
    assert library.entry("exact8").power_uw == pytest.approx(391, abs=0.001)


def test_every_multiplier_agrees_with_its_entry() -> None:
    library = load_library()
    for name, multiplier in library.items():
        entry = library.entry(name)
        assert multiplier.name == name
        assert multiplier.digest == entry.digest
        for figure in ("mae_pct", "wce_pct", "ep_pct", "mse", "mre_pct", "power_uw"):
            expected = getattr(entry, figure)
            assert getattr(multiplier, figure) == pytest.approx(expected, rel=1e-5)


def test_patterns_expand_in_catalog_order() -> None:
    library = load_library()
    assert library.match("mul8u_*") == tuple(name for name in library if name[:5] == "mul8u")
    assert library.match(["mul8s_exact", "exact8", "mul8u_exact"]) == (
        "mul8u_exact",
        "mul8s_exact",
    )
    assert library.match([]) == ()


def test_unknown_names_suggest_the_nearest() -> None:
    library = load_library()
    for use in (library.__getitem__, library.entry, library.match, resolve):
        with pytest.raises(
            UnknownNameError, match="unknown multiplier 'mul8u_exakt'.*mul8u_exact"
        ):
            use("mul8u_exakt")
    with pytest.raises(UnknownNameError, match=r"no multiplier matches the pattern 'mul9\*'"):
        library.match(["mul8u_*", "mul9*"])
    assert "mul8u_exakt" not in library


@pytest.mark.parametrize("key", [0, None, [], b"exact8"])
def test_multipliers_are_found_by_names_only(key: object) -> None:
    library = load_library()
    for use in (library.__getitem__, library.entry):
        with pytest.raises(UnknownNameError, match="finds multipliers by their names, got"):
            use(key)  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError, match="expected the name of a multiplier or a shell"):
        library.match(["exact8", key])  # type: ignore[list-item]
    assert key not in library
    assert library.get(key) is library.get("nothing") is None
    assert library.get("exact8") is library["exact8"]


def test_a_library_is_a_folder() -> None:
    with pytest.raises(MultiplierError, match="expected the path of a library, got 3"):
        load_library(3)  # type: ignore[arg-type]


def test_resolve_takes_names_and_multipliers() -> None:
    mine = Multiplier.from_table("mine", exact_table(signed=False))
    assert resolve(mine) is mine
    assert resolve("exact8").name == "mul8u_exact"


def test_the_bundled_library_is_read_once() -> None:
    assert load_library() is load_library()


def test_a_library_can_be_anywhere(copy: Path) -> None:
    assert load_library(str(copy))["exact8"] == load_library()["exact8"]


def test_more_libraries_can_be_used(
    tmp_path: Path, user_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, netlist = generate_multiplier("drum", {"segment": 3})
    for name, folder in (("mine", user_library), ("theirs", tmp_path / "lib")):
        add_multiplier(replace(entry, name=name), netlist, library=folder)
    monkeypatch.setenv(ENVIRONMENT, str(user_library))
    use_library(tmp_path / "lib")
    assert {"mine", "theirs", "exact8"} <= {*load_library(), *ALIASES}
    assert resolve("theirs").digest == entry.digest
    assert user_folder() == tmp_path / "lib"
    assert user_folders() == (tmp_path / "lib", user_library)
    use_library(user_library)
    assert user_folders() == (user_library, tmp_path / "lib")
    with pytest.raises(MultiplierError, match="cannot read the catalog"):
        use_library(tmp_path / "absent")


def test_a_folder_without_catalog_is_explained(tmp_path: Path) -> None:
    with pytest.raises(MultiplierError, match="cannot read the catalog"):
        load_library(tmp_path)


def test_a_changed_netlist_is_noticed(copy: Path) -> None:
    path = copy / "netlists" / "mul8u_exact.v"
    path.write_text(path.read_text().replace("A[0] & B[0]", "A[0] | B[0]"))
    with pytest.raises(MultiplierError, match=r"mul8u_exact.v .*does not compute.*rebuild"):
        load_library(copy)["exact8"]


def test_a_missing_netlist_is_explained(copy: Path) -> None:
    (copy / "netlists" / "mul8u_exact.v").unlink()
    library = load_library(copy)
    assert library["exact8s"].signed
    with pytest.raises(NetlistError, match=r"cannot read the netlist .*mul8u_exact.v"):
        library["exact8"]


def test_what_a_killed_process_left_half_written_is_removed(tmp_path: Path) -> None:
    entry, netlist = generate_multiplier("drum", {"segment": 3})
    for target in (tmp_path / "catalog.csv", tmp_path / "netlists" / "x.v"):
        target.parent.mkdir(exist_ok=True)
        with atomic_file(target) as partial:
            name = partial.name.replace(str(threading.get_native_id()), "4194305")
            partial.touch()
        target.unlink()
        partial.with_name(name).touch()
    add_multiplier(entry, netlist, library=tmp_path)
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert files - {".lock"} == {"catalog.csv", f"{entry.name}.v"}
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / f"{entry.name}.npy").write_bytes(b"text")
    with pytest.raises(MultiplierError, match=f"{entry.name}.npy is not a NumPy array"):
        Library(tmp_path)[entry.name]
