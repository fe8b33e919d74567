"""A read-only installation without a home: everything that is compiled still finds a folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import evoapproxnas
from evoapproxnas.cache_folder import provide_cache_folder, user_cache

VARIABLES = ("NUMBA_CACHE_DIR", "YOWASP_CACHE_DIR", "MPLCONFIGDIR")


@pytest.fixture
def homeless(tmp_path, monkeypatch):
    """Neither home nor caches; the temporary folder is the test's."""
    (tmp_path / "temporary").mkdir()
    for variable in (*VARIABLES, "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(variable, raising=False)
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path / "temporary"


@pytest.fixture
def read_only(tmp_path):
    """A copy of the package beside whose modules nothing can be cached, not even by root."""
    package = tmp_path / "installed" / "evoapproxnas"
    shutil.copytree(
        Path(evoapproxnas.__file__).parent,
        package,
        ignore=shutil.ignore_patterns("__pycache__", "netlists"),
    )
    for folder in [package, *(path for path in package.rglob("*") if path.is_dir())]:
        (folder / "__pycache__").touch()
    return package


def test_compiled_functions_run_without_a_home(homeless, read_only):
    code = (
        "import numpy as np, evoapproxnas, sys\n"
        "from evoapproxnas.cgp.compiled import draw\n"
        "assert evoapproxnas.__file__.startswith(sys.argv[1])\n"
        "assert 0 <= draw(np.zeros(1, np.uint64), 9) < 9"
    )
    environment = os.environ | {"PYTHONPATH": str(read_only.parent), "PYTHONSAFEPATH": "1"}
    subprocess.run(
        [sys.executable, "-c", code, str(read_only)],
        check=True,
        env=environment,
        cwd=homeless.parent,
    )
    (folder,) = homeless.glob("evoapproxnas-*")
    assert list((folder / "numba").rglob("*.nbc"))
    assert not (homeless.parent / "~").exists()


def test_variables_are_set_where_they_are_needed_alone(homeless, read_only, monkeypatch):
    monkeypatch.setenv("YOWASP_CACHE_DIR", "mine")
    provide_cache_folder(read_only)
    assert os.environ["YOWASP_CACHE_DIR"] == "mine"
    assert os.environ["NUMBA_CACHE_DIR"].startswith(str(homeless))
    assert os.environ["MPLCONFIGDIR"].startswith(str(homeless))
    for variable in VARIABLES:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("HOME", str(homeless))
    provide_cache_folder(read_only)
    assert not any(variable in os.environ for variable in VARIABLES)


def test_a_folder_that_others_can_write_is_not_used(homeless, read_only):
    theirs = homeless / f"evoapproxnas-{os.getuid()}"
    theirs.mkdir()
    theirs.chmod(0o777)
    provide_cache_folder(read_only)
    folder = Path(os.environ["NUMBA_CACHE_DIR"]).parent
    assert folder != theirs
    assert folder.stat().st_mode & 0o077 == 0


def test_without_any_folder_nothing_is_set(homeless, read_only, monkeypatch):
    def none():
        raise FileNotFoundError("No usable temporary directory")

    monkeypatch.setattr("tempfile.gettempdir", none)
    provide_cache_folder(read_only)
    assert not any(variable in os.environ for variable in VARIABLES)


def test_results_that_take_long_are_kept_below_the_temporary_folder_without_a_home(
    homeless, monkeypatch
):
    assert user_cache("results") == homeless / f"evoapproxnas-{os.getuid()}" / "results"
    monkeypatch.setenv("XDG_CACHE_HOME", str(homeless))
    assert user_cache("results") == homeless / "evoapproxnas" / "results"
