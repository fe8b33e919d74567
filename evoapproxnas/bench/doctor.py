"""What this machine has for the package, what it lacks, and what to install.

Sections are made one after the other, those that need TensorFlow last: loading it takes seconds,
and what is known before can be shown meanwhile.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from evoapproxnas.errors import EvoApproxNASError
from evoapproxnas.files import DATA_VARIABLE
from evoapproxnas.hardware.hw_nas_bench.table import find_table, not_found
from evoapproxnas.kernel_names import FEATURES_VARIABLE
from evoapproxnas.multipliers import load_library
from evoapproxnas.multipliers.user_library import user_folders
from evoapproxnas.store.environment import describe_environment
from evoapproxnas.training.datasets import SOURCES
from evoapproxnas.training.datasets.npz import places_of

_EXTRA = re.compile(r"(?P<package>[A-Za-z0-9._-]+).*;.*extra\s*==\s*['\"](?P<extra>[^'\"]+)")
_NVIDIA = Path("/proc/driver/nvidia/version")
PURPOSES = {
    "dashboard": "dashboard: runs and studies in a browser, live",
    "dev": "to test and to change this package",
    "litert": "hardware measure: latency of int8 models on this machine",
    "onnx": "export --to onnx",
    "optuna": "searches of Optuna: search.algorithm=optuna:tpe",
    "optuna-gp": "Optuna's Gaussian processes: search.algorithm=optuna:gp",
    "parquet": "export --to parquet",
    "ray": "campaigns on a Ray cluster",
    "verilog": "Verilog of other tools, read by Yosys",
    "zigzag": "bench hardware: accelerators beside ZigZag",
}
"""What extras are for."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked for.

    Attributes:
        section: what it is part of.
        name: what was looked for.
        found: what there is, in words.
        fine: whether nothing is missing.
        advice: what to do where something is.
    """

    section: str
    name: str
    found: str
    fine: bool = True
    advice: str = ""


def examine(start_tensorflow: Callable[[], None]) -> Iterator[list[Finding]]:
    """Examine the machine.

    Args:
        start_tensorflow: called before the first section that needs it.

    Yields:
        The findings of one section after the other.
    """
    for section in (_machine, _libraries, _data_sets, _extras):
        yield section()
    start_tensorflow()
    for section in (_kernels, _graphics):
        yield section()


def _machine() -> list[Finding]:
    environment = describe_environment()
    packages = [f"{name} {version}" for name, version in environment["packages"].items()]
    revision = environment["git"]
    return [
        Finding("machine", "processor", str(environment["processor"])),
        Finding("machine", "cores", str(environment["cores"])),
        Finding("machine", "memory", f"{environment['memory_gb']} GB"),
        Finding("machine", "system", str(environment["system"])),
        Finding("machine", "python", f"{environment['python']}, {sys.executable}"),
        Finding("machine", "packages", ", ".join(packages)),
        *([Finding("machine", "revision", revision)] if revision else []),
    ]


def _libraries() -> list[Finding]:
    try:
        library = load_library()
    except EvoApproxNASError as error:
        return [Finding("multipliers", "library", "cannot be read", False, str(error))]
    signed = sum(library.entry(name).signed for name in library)
    found = f"{len(library)} circuits, {signed} of them signed"
    own = [str(folder) for folder in user_folders() if (folder / "catalog.csv").is_file()]
    return [
        Finding("multipliers", "library", found),
        Finding("multipliers", "your own", ", ".join(own) or "none yet"),
        *(
            Finding("multipliers", "hidden", each.name, False, str(each))
            for each in library.hidden
        ),
    ]


def _data_sets() -> list[Finding]:
    findings = []
    for name, source in SOURCES.items():
        if source.embedded:
            findings.append(Finding("data sets", name, "embedded"))
            continue
        file = next((path for path in places_of(name, None) if path.is_file()), None)
        advice = (
            f"it is downloaded when it is first needed; or put {name}.npz into a folder that "
            f"{DATA_VARIABLE} or --data-dir names"
        )
        findings.append(_present("data sets", name, file, advice))
    findings.append(_present("data sets", "nasbench201", find_table(), not_found()))
    return findings


def _present(section: str, name: str, file: Path | None, advice: str) -> Finding:
    if file is not None:
        return Finding(section, name, str(file))
    return Finding(section, name, "not found", False, advice)


def _extras() -> list[Finding]:
    known = _packages_by_extra()
    return [_extra(name, known.get(name)) for name in sorted({*PURPOSES, *known})]


def _extra(name: str, packages: Sequence[str] | None) -> Finding:
    """Look for the packages of an extra; None of them is known where it was added since.

    That is so in a checkout that changed after it was installed, or that never was.
    """
    purpose = f" ({PURPOSES[name]})" if name in PURPOSES else ""
    advice = f"pip install 'evoapproxnas[{name}]', in a checkout pip install '.[{name}]'"
    if packages is None:
        lack = f"not known to the package as it is installed{purpose}"
        return Finding("extras", name, lack, False, advice)
    if missing := [package for package in packages if not _is_installed(package)]:
        return Finding("extras", name, f"lacks {', '.join(missing)}{purpose}", False, advice)
    return Finding("extras", name, f"installed{purpose}")


def _packages_by_extra() -> Mapping[str, list[str]]:
    """Return what each extra of the installed package asks for; none where it is not installed."""
    try:
        requirements = metadata.requires("evoapproxnas") or []
    except metadata.PackageNotFoundError:
        return {}
    found: dict[str, list[str]] = {}
    for requirement in requirements:
        match = _EXTRA.match(requirement)
        if match and match["package"] != "evoapproxnas":
            found.setdefault(match["extra"], []).append(match["package"])
    return found


def _is_installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def _kernels() -> list[Finding]:
    # TensorFlow takes seconds to load; what stands above is shown by then.
    try:
        from evoapproxnas.emulation.kernels.host.cpu import cpu_features, switched_off

        present, off = cpu_features(), switched_off()
    except EvoApproxNASError as error:
        return [Finding("emulation", "features", "wrong setting", False, str(error))]
    from evoapproxnas.bench.machine import TELLING_FEATURES
    from evoapproxnas.emulation.kernels import KERNELS, choose_kernel
    from evoapproxnas.emulation.kernels.host.threads import THREADS_VARIABLE, thread_count

    has = [name for name in TELLING_FEATURES if name in present]
    lacks = [name for name in TELLING_FEATURES if name not in present | off]
    without = [name for name in TELLING_FEATURES if name in off]
    findings = [
        Finding("emulation", "features", ", ".join(has) or "none that kernels use"),
        Finding("emulation", "lacking", ", ".join(lacks) or "nothing"),
    ]
    if without:
        found = f"{', '.join(without)} ({FEATURES_VARIABLE} is set)"
        findings.append(Finding("emulation", "switched off", found))
    try:
        threads = f"{thread_count()} ({THREADS_VARIABLE} changes it)"
        findings.append(Finding("emulation", "threads", threads))
        findings.append(Finding("emulation", "look-ups by", choose_kernel("auto").name))
    except EvoApproxNASError as error:
        findings.append(Finding("emulation", "threads", "wrong setting", False, str(error)))
    for name, kernel in KERNELS.items():
        missing = kernel.missing()
        found = "runs" if missing is None else f"needs {missing}"
        findings.append(Finding("emulation", f"kernel {name}", found, missing is None))
    return findings


def _graphics() -> list[Finding]:
    import tensorflow as tf

    found = [device.name for device in tf.config.list_physical_devices("GPU")]
    if found:
        return [Finding("graphics", "GPU", ", ".join(found))]
    if _NVIDIA.exists():
        advice = "pip install 'tensorflow[and-cuda]'"
        return [Finding("graphics", "GPU", "one that TensorFlow does not see", False, advice)]
    return [Finding("graphics", "GPU", "none; training and emulation run on the processor")]
