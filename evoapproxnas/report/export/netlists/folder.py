"""The folder for a hardware team: accelerator, layer map, Verilog, vectors and how to run them."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.recording import LayerCall, recorded_calls
from evoapproxnas.files import encode_json, save_arrays
from evoapproxnas.hardware import keras_workload
from evoapproxnas.hardware.accelerators import Accelerator, accelerator_toml
from evoapproxnas.multipliers import Library
from evoapproxnas.report.export.netlists.circuits import (
    Circuit,
    circuits_of,
    mac_verilog,
    static,
)
from evoapproxnas.report.export.netlists.layers import (
    FLOAT_COLUMNS,
    SHAPES,
    LayerPart,
    MacWidths,
    emulated_columns,
    file_names,
    needed_bits,
    parts_of,
    work_columns,
)
from evoapproxnas.report.export.netlists.vectors import (
    layer_windows,
    operand_windows,
    vectors_text,
)

if TYPE_CHECKING:
    import keras

OPERAND_SUM_BITS = 18
"""Holds a single product of either sign."""


@dataclass(frozen=True)
class Check:
    """One run of the testbench.

    Attributes:
        circuit: the multiplier.
        parameters: of the MAC.
        vectors: name of the file.
    """

    circuit: Circuit
    parameters: Mapping[str, int]
    vectors: str

    @property
    def line(self) -> str:
        """The call of it in run.sh."""
        words = [f"-Ptestbench.{name}={value}" for name, value in self.parameters.items()]
        return shlex.join(["check", self.circuit.module, self.vectors, *words])


def write_netlists(
    folder: Path,
    model: "keras.Model",
    images: npt.NDArray[Any],
    *,
    accelerator: Accelerator,
    library: Library,
    title: str,
) -> None:
    """Fill a folder with all that hardware for a model needs; README.txt says what is what.

    Args:
        folder: exists, and is empty.
        model: calibrated, with approximate layers.
        images: a few inputs, whose windows become vectors.
        accelerator: that the network is for.
        library: knows the netlists of the multipliers.
        title: what is exported, for README.txt.

    Raises:
        QuantizationError: if no layer is approximate, or one is too wide; see `recorded_calls`.
        StoreError: if a file cannot be written.
    """
    layers = emulated_layers(model)
    calls = recorded_calls(model, images)
    parts = parts_of(layers, calls)
    circuits = circuits_of((part.multiplier for part in parts), library)
    names = file_names([part.key for part in parts])
    _write(folder, {"accelerator.toml": accelerator_toml(accelerator)})
    _write_map(folder, _rows(model, parts, circuits, names))
    _write_verilog(folder, parts, circuits)
    for part in parts:
        _write_parameters(folder / "parameters", names[part.key], part.calls)
    checks = [*_operand_checks(folder, parts, circuits)]
    checks += _layer_checks(folder, parts, circuits, names)
    lines = "\n".join(check.line for check in checks)
    _write(folder, {"run.sh": static("run.sh").replace("CHECKS", lines)})
    (folder / "run.sh").chmod(0o755)
    _write(folder, {"README.txt": static("README.txt").replace("TITLE", title)})


def _rows(
    model: "keras.Model",
    parts: Sequence[LayerPart],
    circuits: Mapping[str, Circuit],
    names: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Return the rows of the map: two of a layer that is used twice, one of each group in it."""
    rows = []
    for work in keras_workload(model).layers:
        of_layer = [part for part in parts if part.path == work.path]
        if not of_layer:
            rows.append({**work_columns(work), **FLOAT_COLUMNS})
        for part in of_layer:
            circuit = circuits[part.multiplier.digest]
            row = part.columns(work) | emulated_columns(part)
            row |= {"mac": f"mac_{circuit.module}", "of_gates": circuit.of_gates}
            rows.append(row | {"files": names[part.key]})
    return rows


def _write_map(folder: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    texts = [
        {
            name: "x".join(map(str, value)) if name in SHAPES else value
            for name, value in row.items()
        }
        for row in rows
    ]
    table = pd.DataFrame(texts).convert_dtypes()
    files = {"layers.json": f"{encode_json(list(rows), indent=2)}\n"}
    _write(folder, {**files, "layers.csv": table.to_csv(index=False)})


def _write_verilog(
    folder: Path, parts: Iterable[LayerPart], circuits: Mapping[str, Circuit]
) -> None:
    signed = {part.multiplier.digest: part.multiplier.signed for part in parts}
    rtl = {name: static(name) for name in ("accumulator.v", "correction.v")}
    for digest, circuit in circuits.items():
        rtl[f"mac_{circuit.module}.v"] = mac_verilog(circuit, signed=signed[digest])
        _write(folder / "multipliers", circuit.files)
    _write(folder / "rtl", rtl)
    _write(folder / "testbench", {"testbench.v": static("testbench.v")})


def _write_parameters(folder: Path, name: str, calls: Sequence[LayerCall]) -> None:
    """Write what hardware is loaded with; a layer of several convolutions has a file for each."""
    folder.mkdir(exist_ok=True)
    for number, call in enumerate(calls):
        end = f"_{number}" if len(calls) > 1 else ""
        arrays = {key: np.asarray(value) for key, value in call.operands._asdict().items()}
        save_arrays(folder / f"{name}{end}.npz", arrays)


def _operand_checks(
    folder: Path, parts: Sequence[LayerPart], circuits: Mapping[str, Circuit]
) -> list[Check]:
    """Write vectors of single products, for every multiplier with its widths and scheme."""
    found: dict[tuple[str, MacWidths], Check] = {}
    for part in parts:
        widths, digest = MacWidths.of(part.layer.quantization), part.multiplier.digest
        if (digest, widths) in found:
            continue
        name = f"operands_{circuits[digest].module}_{widths.label}"
        windows = operand_windows(part.calls[0].table, widths, np.random.default_rng(0))
        _write(folder / "vectors", {f"{name}.txt": vectors_text(windows, widths)})
        parameters = widths.parameters(OPERAND_SUM_BITS)
        found[digest, widths] = Check(circuits[digest], parameters, name)
    return list(found.values())


def _layer_checks(
    folder: Path,
    parts: Sequence[LayerPart],
    circuits: Mapping[str, Circuit],
    names: Mapping[str, str],
) -> list[Check]:
    """Write vectors of whole sums, for every layer."""
    checks = []
    for number, part in enumerate(parts):
        name, quantization = names[part.key], part.layer.quantization
        widths = MacWidths.of(quantization)
        windows = layer_windows(part.calls, np.random.default_rng(number))
        _write(folder / "vectors", {f"{name}.txt": vectors_text(windows, widths)})
        parameters = widths.parameters(needed_bits(part.calls, quantization))
        checks.append(Check(circuits[part.multiplier.digest], parameters, name))
    return checks


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
