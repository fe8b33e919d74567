"""Evolutionary, hardware-aware neural architecture search with approximate multipliers.

The map of the package is the flow of its data:

    genes -> network -> Keras model -> trained -> approximated -> objectives -> NSGA-II -> run
    cgp/     networks/  networks/      training/  emulation/      objectives/   search/    store/
                                                  multipliers/    problems/     executors/ report/
                                                  circuits/

    cgp/          Cartesian genetic programming on plain integer arrays
    circuits/     gate-level netlists: simulation, cells, power, generators, Verilog
    multipliers/  a multiplier is its table; error figures, the bundled library
    networks/     node kinds, search space, Network (a pure-Python graph), Keras models
    training/     data sets, augmentation, fitting
    hardware/     the work of a network's layers, what multiplying takes, costs on devices
    emulation/    quantization, kernels, Keras layers, conversion of existing models
    objectives/   figures to optimize
    problems/     what can be searched, and the evaluation of one candidate
    resilience/   what multipliers do to one trained network: sweep, assignment to layers
    executors/    where candidates are evaluated
    search/       NSGA-II and the campaign loop
    store/        the run database and run folder
    report/       figures, tables, pages and exports of what was found
    dashboard/    the same pages, live, in a browser
    bench/        what emulation and searches come to on this machine, and what it lacks
    html/         what objects look like in notebooks
    files/        the one atomic writer, record codec, journal and lock
    config/       sections of a configuration, their defaults, presets
    cli/          the command line, the only part that prints
    examples/     short programs and notebooks to copy from

Where to begin, by what is wanted:

    a multiplier       Multiplier.from_function, from_table, from_file; load_library()
    a layer            ApproxConv2D, ApproxDense, ... (multiplier=, quantization as keywords)
    a network          approximate(model, multiplier, calibration_data=x), load_model
    which circuit      sweep (one for all layers), assign (one for each), finetune
    a search           search(...) -> Run; load_run(folder).front(), .network(id), .model(id)
    the best of it     finalize(folder)
    costs of hardware  hardware: devices, accelerators, latency tables

Each folder says in its docstring how something new is added to it. Public names are loaded on
first use; TensorFlow is imported only by the layers and by what trains or emulates.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from evoapproxnas.cache_folder import provide_cache_folder
from evoapproxnas.first_use import on_first_use
from evoapproxnas.keras_names import register_layers
from evoapproxnas.version import __version__ as __version__

if TYPE_CHECKING:
    from evoapproxnas import hardware
    from evoapproxnas.emulation import (
        ApproxConv1D,
        ApproxConv2D,
        ApproxConv2DTranspose,
        ApproxDense,
        ApproxDepthwiseConv2D,
        ApproxSeparableConv2D,
        approximate,
        calibrate,
        conversion_report,
        load_model,
        observe,
        operating_point,
        operating_points,
        set_operating_point,
        use_kernel,
        with_operating_points,
    )
    from evoapproxnas.multipliers import (
        FilterGroups,
        Multiplier,
        MultiplierChoice,
        load_library,
    )
    from evoapproxnas.quantization import Quantization
    from evoapproxnas.resilience import assign, finetune, sweep
    from evoapproxnas.search import finalize, search
    from evoapproxnas.store import Run, load_run

__all__ = [
    "ApproxConv1D",
    "ApproxConv2D",
    "ApproxConv2DTranspose",
    "ApproxDense",
    "ApproxDepthwiseConv2D",
    "ApproxSeparableConv2D",
    "FilterGroups",
    "Multiplier",
    "MultiplierChoice",
    "Quantization",
    "Run",
    "approximate",
    "assign",
    "calibrate",
    "conversion_report",
    "finalize",
    "finetune",
    "hardware",
    "load_library",
    "load_model",
    "load_run",
    "observe",
    "operating_point",
    "operating_points",
    "search",
    "set_operating_point",
    "sweep",
    "use_kernel",
    "with_operating_points",
]

_HOMES = {
    "ApproxConv1D": "emulation",
    "ApproxConv2D": "emulation",
    "ApproxConv2DTranspose": "emulation",
    "ApproxDense": "emulation",
    "ApproxDepthwiseConv2D": "emulation",
    "ApproxSeparableConv2D": "emulation",
    "approximate": "emulation",
    "calibrate": "emulation",
    "conversion_report": "emulation",
    "load_model": "emulation",
    "observe": "emulation",
    "operating_point": "emulation",
    "operating_points": "emulation",
    "set_operating_point": "emulation",
    "with_operating_points": "emulation",
    "use_kernel": "emulation",
    "FilterGroups": "multipliers",
    "Multiplier": "multipliers",
    "MultiplierChoice": "multipliers",
    "Quantization": "quantization",
    "assign": "resilience",
    "finetune": "resilience",
    "sweep": "resilience",
    "load_library": "multipliers",
    "search": "search",
    "finalize": "search",
    "Run": "store",
    "load_run": "store",
}
_FOLDERS = ("hardware",)
"""Public names that are folders of the package."""

register_layers()


# Before anything is compiled.
provide_cache_folder(Path(__file__).parent)

__getattr__ = on_first_use(__name__, _HOMES, _FOLDERS)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_FOLDERS})
