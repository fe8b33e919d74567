"""`hardware show`: what a network costs on an accelerator, layer by layer."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoapproxnas.cli.hardware.networks import named_network
from evoapproxnas.cli.options import AsJson, RunsDir
from evoapproxnas.cli.output import print_rows, say
from evoapproxnas.errors import ConfigError

if TYPE_CHECKING:
    from evoapproxnas.hardware import Workload
    from evoapproxnas.hardware.accelerators import Accelerator
    from evoapproxnas.hardware.energy import Assignment
    from evoapproxnas.networks import Network
    from evoapproxnas.store import Run

Shown = Annotated[
    str,
    typer.Argument(
        help="A .keras file, RUN:ID of a candidate or point of a run, or a network such as "
        "resnet8 (for CIFAR-10)."
    ),
]
_USUAL = "eyeriss"


def show(
    network: Shown,
    *,
    accelerator: Annotated[
        str | None,
        typer.Option(
            help="Name of an accelerator, or a TOML file; either with @12x14,108KB,any behind it "
            "for another array, buffer and dataflow. [default: that of the point of a run; else "
            "eyeriss]"
        ),
    ] = None,
    multiplier: Annotated[
        str | None,
        typer.Option(help="Of all layers, in place of their own; as NAME@a6w4, too."),
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", help="Draw bars: PNG, SVG or PDF.")] = None,
    as_json: AsJson = False,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    r"""Print energy, cycles and utilization by layer, with exact 8-bit multipliers beside them.

    Example: python -m evoapproxnas hardware show resnet8 \
        --accelerator eyeriss_like -o bars.png
    """
    from evoapproxnas.hardware.accelerators import system_cost
    from evoapproxnas.multipliers import MultiplierChoice
    from evoapproxnas.report.system_table import system_rows, system_totals

    work, assignment, memory, target = _read(network, runs_dir, accelerator)
    if multiplier is not None:
        assignment = dict.fromkeys(work.multiplications, MultiplierChoice.of(multiplier))
    cost = system_cost(work, assignment, target)
    rows, totals = system_rows(cost), system_totals(cost, memory=memory)
    if output is not None:
        from evoapproxnas.report.figure_file import save_figure
        from evoapproxnas.report.system_figure import draw_system

        save_figure(draw_system(cost, title=network), output)
    if as_json:
        print(json.dumps({"layers": rows, "totals": totals}, indent=2))
        return
    print_rows(rows, as_json=False, title=f"{network} on {target.name}, energies in nJ")
    for name, value in totals.items():
        say(f"{name:<28}{value if isinstance(value, str) else format(value, '.5g')}")
    say(
        f"An approximate multiplier touches {cost.multiplier_share:.1%} of this system's energy; "
        f"with these multipliers it takes {cost.energy_nj / cost.exact_energy_nj:.1%} of what it "
        "takes with exact 8-bit ones."
    )
    if output is not None:
        say(str(output))


def _read(
    network: str, runs_dir: Path, accelerator: str | None
) -> "tuple[Workload, Assignment, dict[str, float], Accelerator]":
    """Layers, multipliers, figures of memory, and the accelerator that is meant."""
    from evoapproxnas.hardware.accelerators import load_accelerator

    run, colon, member = network.rpartition(":")
    if network.endswith(".keras") or not (colon and run):
        target = load_accelerator(_USUAL if accelerator is None else accelerator)
        if network.endswith(".keras"):
            return *_model(Path(network)), target
        return *_network(named_network(network, runs_dir)), target
    from evoapproxnas.report.member_accelerator import member_accelerator
    from evoapproxnas.store import load_run

    found = load_run(runs_dir / run, read_only=True)
    if accelerator is None:
        return *_member(found, member), member_accelerator(found, member)
    return *_member(found, member), load_accelerator(accelerator)


def _member(run: "Run", member: str) -> "tuple[Workload, Assignment, dict[str, float]]":
    _check_variates(run.config.quantization.control_variate, f"run {run.name}")
    if run.config.problem != "nasbench201":
        return _network(run.network(member))
    from evoapproxnas.hardware.accelerators import layers_peak_kb, weights_kb
    from evoapproxnas.hardware.hw_nas_bench.skeleton import network_work

    number = json.loads(run.meaning(member))["nasbench201"]
    work = network_work(number, run.config.tabular.dataset)
    memory = {"weights_kb": weights_kb(work), "activations_of_a_layer_kb": layers_peak_kb(work)}
    return work, {}, memory


def _network(network: "Network") -> "tuple[Workload, Assignment, dict[str, float]]":
    from evoapproxnas.hardware import network_workload
    from evoapproxnas.hardware.accelerators import activations_kb, weights_kb
    from evoapproxnas.multipliers import MultiplierChoice

    work = network_workload(network)
    chosen = {path: MultiplierChoice.of(name) for path, name in network.assignment.items()}
    memory = {"weights_kb": weights_kb(work), "activations_kb": activations_kb(network)}
    return work, chosen, memory


def _model(path: Path) -> "tuple[Workload, Assignment, dict[str, float]]":
    from evoapproxnas.cli.quiet import start_tensorflow_quietly

    start_tensorflow_quietly()
    from evoapproxnas.emulation import load_model
    from evoapproxnas.emulation.calibration.observation import emulated_layers
    from evoapproxnas.hardware import keras_workload
    from evoapproxnas.hardware.accelerators import layers_peak_kb, weights_kb

    model = load_model(path, compile=False)
    work = keras_workload(model)
    layers = emulated_layers(model)
    _check_variates(any(x.quantization.control_variate for x in layers.values()), str(path))
    chosen = {name: layer.multiplier for name, layer in layers.items()}
    memory = {"weights_kb": weights_kb(work), "activations_of_a_layer_kb": layers_peak_kb(work)}
    return work, chosen, memory


def _check_variates(given: bool, where: str) -> None:
    """Refuse control variates, which would be free."""
    if given:
        raise ConfigError(
            f"{where} has control variates, and accelerators have no sums of windows to correct "
            "by: what they take is not in the model; show it without them"
        )
