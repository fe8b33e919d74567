import json
import tomllib

import pytest
from typer.testing import CliRunner

from evoapproxnas.bench import doctor
from evoapproxnas.cli.app import app
from evoapproxnas.kernel_names import KERNEL_HOMES
from tests.readme.documents import ROOT


class _Stop(Exception):
    pass


def _stop():
    raise _Stop


def found_without_tensorflow():
    sections = doctor.examine(_stop)
    findings = [finding for _ in range(4) for finding in next(sections)]
    with pytest.raises(_Stop):
        next(sections)
    return {(finding.section, finding.name): finding for finding in findings}


def test_data_sets_are_looked_for_where_searches_look(tmp_path, monkeypatch):
    monkeypatch.setenv("EVOAPPROXNAS_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    lacking = found_without_tensorflow()["data sets", "cifar10"]
    assert not lacking.fine
    assert "EVOAPPROXNAS_DATA" in lacking.advice
    (tmp_path / "cifar10").mkdir()
    (tmp_path / "cifar10" / "cifar10.npz").touch()
    findings = found_without_tensorflow()
    assert findings["data sets", "cifar10"].found.endswith("cifar10.npz")
    assert findings["data sets", "digits"].found == "embedded"
    assert "looked for" in findings["data sets", "nasbench201"].advice


def test_an_extra_that_is_missing_is_named_with_what_to_install(monkeypatch):
    asked = ["ray>=2.60; extra == 'ray'", 'gone>=1; extra == "more"', "numpy>=2.4"]
    monkeypatch.setattr(doctor.metadata, "requires", lambda name: asked)
    installed = {"ray", "numpy"}
    monkeypatch.setattr(doctor, "_is_installed", lambda name: name in installed)
    findings = found_without_tensorflow()
    assert findings["extras", "ray"].fine
    assert findings["extras", "more"].found == "lacks gone"
    assert "evoapproxnas[more]" in findings["extras", "more"].advice
    assert findings["extras", "zigzag"].found.startswith("not known to the package as it is")


def test_a_library_that_cannot_be_read_is_a_finding(tmp_path, monkeypatch):
    (tmp_path / "catalog.csv").write_text("no catalog\n")
    monkeypatch.setenv("EVOAPPROXNAS_LIBRARY", str(tmp_path))
    finding = found_without_tensorflow()["multipliers", "library"]
    assert not finding.fine
    assert "catalog" in finding.advice


def test_the_command_tells_of_every_kernel_and_of_graphics():
    result = CliRunner().invoke(app, ["doctor", "--json"])
    assert result.exit_code == 0, result.output
    found = {(each["section"], each["name"]): each for each in json.loads(result.stdout)}
    assert {name for _, name in found} >= {f"kernel {name}" for name in KERNEL_HOMES}
    assert found["emulation", "kernel reference"]["fine"]
    assert ("graphics", "GPU") in found
    assert "processor" in CliRunner().invoke(app, ["doctor"]).stdout


def test_every_extra_says_what_it_is_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(project["optional-dependencies"]) == set(doctor.PURPOSES)
