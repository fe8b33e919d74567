"""A folder with the files that documented commands name, where they are run."""

import hashlib
import runpy
import shlex
import shutil
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from evoapproxnas.circuits import network_operands, save_operands
from evoapproxnas.cli.app import app
from evoapproxnas.hardware.devices import reference_networks
from evoapproxnas.hardware.hw_nas_bench import table
from evoapproxnas.multipliers import add_multiplier, export_multiplier, library, load_library
from evoapproxnas.multipliers.making import ladder
from evoapproxnas.multipliers.making.bundle import write_library
from evoapproxnas.networks import write_design
from evoapproxnas.networks.zoo.designs import ZOO
from evoapproxnas.problems.tabular import nasbench201
from evoapproxnas.search import finalize, finish, run_campaign
from tests.fakes import FakeExecutor, Recorder, tiny_run
from tests.finishing import FinishExecutor
from tests.nas_bench import write_table
from tests.readme.documents import ROOT, Command
from tests.readme.small import Small

DATA, LIBRARY = "data", "library"
_IMAGES = {"train": 120, "test": 20}
_LAYERS = keras.layers


def make_files(folder: Path) -> None:
    """Write what documented commands read and do not make themselves."""
    _write_images(folder / DATA)
    (folder / "runs").mkdir()
    write_table(folder / DATA)
    measured = [f"{cell},{3 + place}" for place, cell in enumerate(reference_networks())]
    (folder / "measured.csv").write_text("\n".join(["network,milliseconds", *measured]) + "\n")
    _write_models(folder)
    files = {
        "mine.v": "mul8s_exact",
        "mul8u_X.v": "mul8u_or9_v8",
        "mul8u_Y.bin": "mul8u_or8_v6",
        "mul8u_1JFF.v": "mul8u_exact",
        "mul8u_DM1.bin": "mul8u_or9_v8",
    }
    for file, circuit in files.items():
        export_multiplier(circuit, folder / file)
    write_design(folder / "mine.json", ZOO["resnet8"][:4])
    (folder / "published_figures.csv").write_text(
        "name,signed,mae_pct,pdk45_pwr_mw\nmul8u_1JFF,0,0.0,0.391\nmul8u_Z,0,0.5,0.1\n"
    )
    save_operands(folder / "ops.npz", network_operands(), signed=False)
    bundled = load_library()
    evolved = bundled.match("mul8u_evo_layer*")[0]
    netlist = bundled.netlist(evolved)
    add_multiplier(bundled.entry(evolved), netlist, library=folder / "study0")


def _write_images(folder: Path) -> None:
    """Write ten classes of noise around one colour each, as the archive of CIFAR-10 has them."""
    draw, arrays = np.random.default_rng(0), {}
    for split, count in _IMAGES.items():
        labels = np.arange(count) % 10
        colours = np.stack([20 * labels, 255 - 20 * labels, 10 * labels], axis=-1)
        noise = draw.integers(-20, 20, size=(count, 32, 32, 3))
        pixels = np.clip(colours[:, np.newaxis, np.newaxis] + noise, 0, 255)
        arrays[f"x_{split}"] = pixels.astype("uint8")
        arrays[f"y_{split}"] = labels[:, np.newaxis].astype("uint8")
    folder.mkdir()
    np.savez(folder / "cifar10.npz", **arrays)


def _write_models(folder: Path) -> None:
    keras.utils.set_random_seed(0)
    convolution = _LAYERS.Conv2D(4, 3, strides=4, activation="relu", name="n1")
    layers = [_LAYERS.Rescaling(1 / 255), convolution, _LAYERS.Flatten(), _LAYERS.Dense(10)]
    model = keras.Sequential([keras.Input((32, 32, 3)), *layers])
    for path in (folder / "model.keras", folder / "r8" / "model.keras"):
        path.parent.mkdir(exist_ok=True)
        model.save(path)


class Workplace:
    """The folder, and how commands are run in it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        """Make it the current one, with data, library and TensorFlow as a user has them."""
        self.folder = folder
        patch.chdir(folder)
        patch.setenv("EVOAPPROXNAS_DATA", str(folder / DATA))
        patch.setenv("EVOAPPROXNAS_LIBRARY", str(folder / LIBRARY))
        for module in ("quiet", "model_options"):
            name = f"evoapproxnas.cli.{module}.start_tensorflow_quietly"
            patch.setattr(name, lambda **_: None)  # It runs already.
        patch.setattr("evoapproxnas.problems.cnn.common.deterministic", lambda threads: None)
        digest = hashlib.sha256((folder / DATA / "nasbench201" / table.FILE).read_bytes())
        patch.setitem(table.load_table.__kwdefaults__, "sha256", digest.hexdigest())
        patch.setattr(nasbench201, "SHA256", digest.hexdigest())
        step = ladder.Ladder(False, "mae_pct", 8.0, 8.0, 1, evaluations=50, passes=1)
        patch.setattr(ladder, "LADDERS", {"SMALL": step})
        self._patch = patch

    def run(self, command: Command, small: Small) -> None:
        """Run a command with the options that make it small."""
        words = [small.instead.get(word, word) for word in command.words]
        runs = (word for word in words if (self.folder / "runs" / word / "front.csv").is_file())
        run = next(runs, "NAME")
        given = [self._meant(word, run) for word in (*words, *small.more)]
        with self._patch.context() as patch:
            if small.few_circuits:
                folder = self._two_circuits()
                patch.setattr(library, "bundled_folder", lambda: folder)
            output = _by_command_line(given[3:]) if given[1] == "-m" else _script(given[1:])
        if command.target is not None:
            (self.folder / command.target).write_text(output)

    def _meant(self, word: str, run: str) -> str:
        """Return what a name in capitals stands for; a member is one of the run's front."""
        if word == "MEMBER":
            return str(pd.read_csv(self.folder / "runs" / run / "front.csv")["id"].iloc[0])
        return DATA if word == "DIR" else word

    def _two_circuits(self) -> Path:
        folder = self.folder / "two_circuits"
        if not folder.exists():
            write_library(folder, ["mul8u_exact", "mul8u_trunc_a4_w4"])
        return folder


def _by_command_line(words: list[str]) -> str:
    result = CliRunner().invoke(app, words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, f"{shlex.join(words)}\n{result.output}"
    return result.stdout


def _script(words: list[str]) -> str:
    """Run a script of plots/."""
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()) as output:
        patch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(ROOT / words[0]), run_name="__main__")
    assert not ended.value.code, shlex.join(words)
    return output.getvalue()


def make_runs(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Copy the studies that the repository keeps; its reference run is a finished one of fakes."""
    for path in (ROOT / "runs").glob("cifar10-resnet*"):
        shutil.copytree(path, folder / "runs" / path.name)
    run = tiny_run(folder / "runs" / "cifar10-reference")
    run_campaign(run, FakeExecutor(), Recorder())
    with patch.context() as patched:
        patched.setattr(finish, "make_executor", lambda *_, **__: FinishExecutor())
        finalize(run, top=1)
