"""The folder for a hardware team: its Verilog is what the emulation computes, bit for bit."""

import csv
import json
import subprocess

import keras
import numpy as np
import pytest

from evoapproxnas.circuits.yosys_process import YosysProcess, yosys_is_installed
from evoapproxnas.emulation import approximate
from evoapproxnas.errors import QuantizationError
from evoapproxnas.hardware.accelerators import load_accelerator
from evoapproxnas.multipliers import Multiplier, exact_table, load_library
from evoapproxnas.report.export.netlists.folder import write_netlists
from tests.emulation import cases
from tests.marks import needs_iverilog

KINDS = ("conv", "conv_groups", "conv_dilated", "depthwise_two", "dense", "series_causal")
KINDS += ("transpose", "separable")


def exported(folder, model, images):
    folder.mkdir()
    accelerator = load_accelerator("eyeriss")
    write_netlists(
        folder, model, images, accelerator=accelerator, library=load_library(), title="a test"
    )
    return folder


def ran(folder):
    done = subprocess.run([folder / "run.sh"], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def one_layer(folder, name, multiplier, **options):
    model, _, x = cases.build(name, multiplier, **options)
    return exported(folder, model, x[:2])


@needs_iverilog
@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_layer_gives_the_sums_of_the_emulation(tmp_path, name):
    multiplier = load_library()["mul8u_or8_v6"]
    status, said = ran(one_layer(tmp_path / "out", name, multiplier))
    assert status == 0, said
    products = next(line for line in said.splitlines() if "operands_mul8u_or8_v6_a8w8" in line)
    assert int(products.split()[-2]) > 10_000
    layers = 2 if name == "separable" else 1
    assert said.count("PASS") == 2 + layers


SCHEMES = {
    "sign-magnitude": ("mul8u_or8_v6", {"weight_scheme": "sign_magnitude"}),
    "affine": ("mul8u_or8_v6", {"weight_scheme": "affine", "per_channel": True}),
    "symmetric": ("mul8s_exact", {"weight_scheme": "symmetric"}),
    "signed sign-magnitude": ("mul8s_exact", {"weight_scheme": "sign_magnitude"}),
    "signed affine": ("mul8s_exact", {"weight_scheme": "affine"}),
    "narrow": ("mul8u_exact_a6w4", {"activation_bits": 6, "weight_bits": 4}),
    "narrow signed": ("mul8s_exact", {"activation_bits": 5, "weight_bits": 3}),
    "control variate": ("mul8u_or8_v6", {"control_variate": True}),
    "affine with control variate": (
        "mul8u_or8_v6",
        {"weight_scheme": "affine", "control_variate": True},
    ),
    "tuned": ("mul8u_or12_v10", {"tune_weights": True}),
}


@needs_iverilog
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_and_width_gives_the_sums_of_the_emulation(tmp_path, scheme):
    name, options = SCHEMES[scheme]
    status, said = ran(one_layer(tmp_path / "out", "conv", load_library()[name], **options))
    assert status == 0, said
    assert said.count("PASS") == 3


@needs_iverilog
def test_a_multiplier_without_a_circuit_becomes_a_memory(tmp_path):
    table = (exact_table(signed=True) & ~31) + np.arange(256)[:, None] // 16
    mine = Multiplier.from_table("my own!", np.clip(table, -32768, 32767), signed=True)
    folder = one_layer(tmp_path / "out", "conv", mine)
    (row,) = json.loads((folder / "layers.json").read_text())
    assert row["multiplier"] == "my own!"
    assert row["of_gates"] is False
    status, said = ran(folder)
    assert status == 0, said


@needs_iverilog
def test_a_wrong_sum_a_cut_file_and_a_missing_one_fail(tmp_path):
    folder = one_layer(tmp_path / "out", "dense", load_library()["mul8u_or8_v6"])
    (layer,) = (folder / "vectors").glob("1_*.txt")
    right = layer.read_text()
    lines = right.splitlines()
    head = lines[1].split()
    head[5] = str(int(head[5]) + 1)
    layer.write_text("\n".join([lines[0], " ".join(head), *lines[2:], ""]))
    status, said = ran(folder)
    assert status == 1
    assert "FAIL vectors/1_" in said
    assert "1 of " in said
    layer.write_text("\n".join(lines[: len(lines) // 2]))
    assert "expected a file of vectors that is complete" in ran(folder)[1]
    layer.unlink()
    assert ran(folder)[0] == 1


@needs_iverilog
def test_sums_that_are_a_bit_too_narrow_are_found_out(tmp_path):
    """The width of a layer's sums is what its weights need, no more than a bit above it."""
    model, layer, x = cases.build("dense", load_library()["mul8u_exact"])
    layer.kernel.assign(np.ones(layer.kernel.shape))
    x = np.full_like(x, x.max())
    folder = exported(tmp_path / "out", model, x[:2])
    (row,) = json.loads((folder / "layers.json").read_text())
    script = folder / "run.sh"
    wide, narrow = (f"SUM_BITS={row['sum_bits'] - n}" for n in (0, 1))
    assert ran(folder)[0] == 0
    script.write_text(script.read_text().replace(wide, narrow))
    assert ran(folder)[0] == 1


@needs_iverilog
def test_a_model_may_have_several_inputs_and_use_a_layer_twice(tmp_path):
    inputs = [keras.Input((6, 6, 2)) for _ in range(2)]
    shared = keras.layers.Conv2D(3, 3, padding="same", name="shared")
    joined = keras.layers.Concatenate()([shared(each) for each in inputs])
    model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Flatten()(joined)))
    images = [np.random.default_rng(n).random((4, 6, 6, 2), np.float32) for n in range(2)]
    chosen = {"shared": "mul8u_or8_v6@a7w5"}
    folder = exported(
        tmp_path / "out", approximate(model, chosen, images), [each[:2] for each in images]
    )
    rows = json.loads((folder / "layers.json").read_text())
    assert [row["layer"] for row in rows].count("shared") == 2
    status, said = ran(folder)
    assert status == 0, said


def test_the_map_has_every_layer_with_shape_multiplier_widths_and_scheme(tmp_path):
    model, x, _ = cases.network()
    library = load_library()
    chosen = {layer.name: "mul8u_or8_v6@a7w6" for layer in model.layers if "conv" in layer.name}
    folder = exported(tmp_path / "out", approximate(model, chosen, x), x[:1])
    rows = json.loads((folder / "layers.json").read_text())
    by_layer = {row["layer"]: row for row in rows}
    with (folder / "layers.csv").open() as file:
        table = {row["layer"]: row for row in csv.DictReader(file)}
    assert list(table) == [row["layer"] for row in rows]
    for name in chosen:
        row = by_layer[name]
        assert (row["multiplier"], row["scheme"]) == ("mul8u_or8_v6", "sign_magnitude")
        assert (row["activation_bits"], row["weight_bits"]) == (7, 6)
        assert row["multiplier_digest"] == library["mul8u_or8_v6"].digest
        assert table[name]["input_shape"] == "x".join(map(str, row["input_shape"]))
        assert table[name]["activation_bits"] == "7"
    others = [row for row in rows if row["layer"] not in chosen]
    assert others
    assert {row["scheme"] for row in others} == {"float32"}


def test_the_accelerator_reads_as_it_was(tmp_path):
    folder = one_layer(tmp_path / "out", "dense", load_library()["mul8u_exact"])
    file = (folder / "accelerator.toml").rename(folder / "eyeriss.toml")
    assert load_accelerator(str(file)) == load_accelerator("eyeriss")


@pytest.mark.skipif(not yosys_is_installed(), reason="no Yosys: pip install '.[verilog]'")
def test_yosys_synthesizes_the_macs(tmp_path):
    folder = one_layer(tmp_path / "out", "conv", load_library()["mul8u_or8_v6"])
    files = "/d/rtl/accumulator.v /d/rtl/mac_mul8u_or8_v6.v /d/multipliers/mul8u_or8_v6.v"
    script = (
        f"read_verilog {files} /d/rtl/correction.v; hierarchy -check -top mac_mul8u_or8_v6; "
        "proc; opt; check -assert; synth; select -assert-count 32 t:$_*DFF*_"
    )
    status, said = YosysProcess(time_limit_s=600).run(script, folder, where="mac")
    assert status == 0, said


def test_a_model_without_approximate_layers_is_refused(tmp_path):
    model, x, _ = cases.network()
    with pytest.raises(QuantizationError, match="has no approximate layers"):
        exported(tmp_path / "out", model, x[:1])


@needs_iverilog
def test_groups_of_channels_have_a_row_and_vectors_each(tmp_path):
    names = ["mul8u_or8_v6", "mul8u_exact"]
    folder = one_layer(tmp_path / "out", "conv", names, channel_groups=[[1, 4], [0, 2, 3, 5]])
    rows = json.loads((folder / "layers.json").read_text())
    assert [(row["channels"], row["multiplier"]) for row in rows] == [
        ("1,4", "mul8u_or8_v6"),
        ("0,2-3,5", "mul8u_exact"),
    ]
    assert [row["output_shape"][2] for row in rows] == [2, 4]
    assert rows[1]["multiplications"] == 2 * rows[0]["multiplications"]
    assert len({row["files"] for row in rows}) == 2
    status, said = ran(folder)
    assert status == 0, said
