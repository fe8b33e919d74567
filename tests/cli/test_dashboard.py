import signal
import subprocess
import sys
import urllib.request

import pytest
from typer.testing import CliRunner

from evoapproxnas.cli.app import app
from evoapproxnas.errors import EnvironmentBroken

pytest.importorskip("uvicorn", reason="needs uvicorn: pip install '.[dashboard]'")


def test_it_serves_until_it_is_interrupted(tmp_path):
    command = [sys.executable, "-m", "evoapproxnas", "dashboard", str(tmp_path), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    address = line.split()[0]
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(address, timeout=120) as page:
        assert b"Nothing here yet" in page.read()
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=120)
    assert (process.returncode, out, errors) == (0, "ended\n", "")


def test_a_missing_extra_says_what_to_install(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("evoapproxnas.dashboard")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = CliRunner().invoke(app, ["dashboard"])
    assert isinstance(result.exception, EnvironmentBroken)
    assert "pip install 'evoapproxnas[dashboard]'" in str(result.exception)
