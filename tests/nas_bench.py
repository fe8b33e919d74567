"""A table in the form of NAS-Bench-201's, with made figures: all 15,625 networks, no real data."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from evoapproxnas.files import save_arrays
from evoapproxnas.hardware.hw_nas_bench.cells import CELLS, canonical_cells
from evoapproxnas.hardware.hw_nas_bench.linear import (
    EYERISS_LATENCY_MS,
    FPGA_LATENCY_MS,
    operation_counts,
)

_FOLDER = Path(os.environ.get("EVOAPPROXNAS_DATA", ""))
REAL = next(
    (f for f in (_FOLDER / "nasbench201" / "nb201.npz", _FOLDER / "nb201.npz") if f.is_file()),
    None,
)
needs_table = pytest.mark.skipif(REAL is None, reason="EVOAPPROXNAS_DATA has no nb201.npz")


def made_arrays():
    """Better networks have more convolutions; every second one has no third seed."""
    rng = np.random.default_rng(5)
    ops = canonical_cells()
    counts = operation_counts(ops)
    good = 10 + 8 * counts[:, 3] + 5 * counts[:, 2] + 2 * counts[:, 1]
    arrays = {
        "ops": ops,
        "unique": np.arange(CELLS, dtype=np.int16),
        "flops": 7_783_050 + 35_389_440 * counts[:, 3] + 3_932_160 * counts[:, 2],
        "params": 73_306 + 243_040 * counts[:, 3] + 28_000 * counts[:, 2],
        "lat_eyeriss_ms": EYERISS_LATENCY_MS.of(ops).astype(np.float32),
        "lat_fpga_ms": FPGA_LATENCY_MS.of(ops).astype(np.float32),
        "lat_raspi4_ms": (1 + counts @ [0, 0.1, 2, 9, 1]).astype(np.float32),
        "hwnb360_pi5_onnx_lat_ms": (2 + counts @ [0, 0.1, 1, 3, 1]).astype(np.float32),
        "hwnb360_pi5_onnx_energy_mj": (3 + counts @ [0, 0.1, 1, 3, 1]).astype(np.float32),
    }
    for short, long, middle in (
        ("c10", "cifar10", "val200"),
        ("c100", "cifar100", "valtest200"),
        ("in16", "imagenet", "valtest200"),
    ):
        seeds = good[:, None] + rng.normal(0, 0.5, (CELLS, 3))
        seeds[::2, 2] = np.nan
        arrays[f"{short}_{middle}_seeds"] = seeds.astype(np.float32)
        arrays[f"{short}_test200"] = (good + 2).astype(np.float32)
        arrays[f"{short}_train_s_200ep"] = (500 + 30 * good).astype(np.float32)
        arrays[f"ep12_{long}_val"] = (0.8 * good + rng.normal(0, 2, CELLS)).astype(np.float32)
        arrays[f"ep12_{long}_test"] = (0.8 * good).astype(np.float32)
    return arrays


def write_table(folder, **changes):
    """Write `nasbench201/nb201.npz`; None leaves an array out. Returns the file's digest."""
    arrays = {**made_arrays(), **changes}
    file = folder / "nasbench201" / "nb201.npz"
    file.parent.mkdir(parents=True, exist_ok=True)
    save_arrays(file, {name: array for name, array in arrays.items() if array is not None})
    return hashlib.sha256(file.read_bytes()).hexdigest()
