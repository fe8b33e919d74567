import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import evoapproxnas as ea

ROOT = Path(__file__).parents[1]


def run_python(code, **kwargs):
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True, **kwargs).stdout


@pytest.mark.parametrize("statement", ["import evoapproxnas", "import evoapproxnas.cli.app"])
def test_start_loads_nothing_heavy(statement):
    heavy = "tensorflow", "keras", "numba", "pandas", "sklearn", "deap", "matplotlib"
    code = f"{statement}; import sys; print([m for m in {heavy} if m in sys.modules])"
    assert run_python(code).strip() == "[]"


def test_public_names_resolve():
    for name in ea.__all__:
        assert getattr(ea, name).__doc__
    assert set(ea.__all__) <= set(dir(ea))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = ea.nothing


@pytest.mark.parametrize("module", ["evoapproxnas.search", "evoapproxnas.bench.campaign"])
def test_campaign_process_stays_free_of_tensorflow(module):
    """A benched campaign limits its threads before its libraries are imported."""
    code = f"import {module}, sys; print('tensorflow' in sys.modules)"
    assert run_python(code).strip() == "False"


def test_version_agrees_with_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == ea.__version__


def test_wheel_finds_the_bundled_multipliers_without_the_checkout(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r}); import evoapproxnas as ea; "
        "from pathlib import Path; "
        "from evoapproxnas.config import load_config; load_config(preset='cifar10'); "
        "from evoapproxnas.store import Database; Database.create(Path('x.sqlite'), {}); "
        "lib = ea.load_library(); "
        "print(ea.__file__, len(lib) >= 12, lib['exact8'].table[200, 100])"
    )
    file, enough, product = run_python(code, cwd=tmp_path).split()
    assert file.startswith(str(site))
    assert (enough, product) == ("True", "20000")
