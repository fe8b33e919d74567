"""The targets of an export: what each carries, what it needs, and who writes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from evoapproxnas.errors import (
    ConfigError,
    EnvironmentBroken,
    StoreError,
    did_you_mean,
    unknown_name,
)
from evoapproxnas.files import atomic_file, atomic_folder, make_folder
from evoapproxnas.report.export.job import Job, finished_model
from evoapproxnas.store import Run

_HERE = "evoapproxnas.report.export"
FOLDER = "exports"
"""Of a run: where exports are written unless it is said."""

_WITH_TENSORFLOW = ("models", "onnx_file", "event_files")

_TWIN = (
    "it carries the exact 8-bit twin: the same network and weights, without the approximate "
    "multipliers, which this format cannot express; {how}"
)


@dataclass(frozen=True)
class Target:
    """A form in which something of a run can be taken elsewhere.

    Attributes:
        of: what is exported: a member, the whole run, or either.
        suffix: of the file; of a folder it begins with a hyphen.
        writer: "module:function", called with a `Job` and the path to write.
        is_folder: whether the path is an empty folder to fill.
        note: what a user has to know of what was written.
        needs: extra of this package by the import that it brings.
        finished: whether it takes networks that `finalize` made, too.
    """

    of: Literal["member", "run", "either"]
    suffix: str
    writer: str
    is_folder: bool = False
    note: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)
    finished: bool = False

    @property
    def needs_tensorflow(self) -> bool:
        """Whether writing it takes the seconds that TensorFlow needs to load."""
        return self.writer.partition(":")[0].rpartition(".")[2] in _WITH_TENSORFLOW


TARGETS: Mapping[str, Target] = {
    "keras": Target("member", ".keras", f"{_HERE}.models:write_keras", finished=True),
    "savedmodel": Target(
        "member", "-savedmodel", f"{_HERE}.models:write_savedmodel", True, finished=True
    ),
    "tflite": Target(
        "member",
        ".tflite",
        f"{_HERE}.models:write_tflite",
        note=_TWIN.format(
            how="quantized by TensorFlow's converter, whose int8 scheme (weights by channel) "
            "differs from the run's"
        ),
    ),
    "onnx": Target(
        "member",
        ".onnx",
        f"{_HERE}.onnx_file:write_onnx",
        note=_TWIN.format(how="quantized as in the run, in QuantizeLinear and DequantizeLinear"),
        needs={"onnx": "onnx"},
    ),
    "netlists": Target(
        "member",
        "-netlists",
        f"{_HERE}.models:write_netlist_folder",
        True,
        note="README.txt in it says what is what; run.sh compares the MACs with the emulation",
        finished=True,
    ),
    "genome": Target("member", ".json", f"{_HERE}.descriptions:write_genome"),
    "config": Target("either", ".toml", f"{_HERE}.descriptions:write_config"),
    "csv": Target("run", ".csv", f"{_HERE}.history:write_csv"),
    "parquet": Target(
        "run", ".parquet", f"{_HERE}.history:write_parquet", needs={"pyarrow": "parquet"}
    ),
    "tensorboard": Target(
        "run",
        "-tensorboard",
        f"{_HERE}.event_files:write_events",
        True,
        note="open it with: tensorboard --logdir FOLDER",
    ),
    "optuna": Target(
        "run",
        ".db",
        f"{_HERE}.optuna_study:write_study",
        note="open it with: optuna-dashboard sqlite:///FILE",
        needs={"optuna": "optuna"},
    ),
}


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        path: the file or folder.
        note: what one has to know of it; empty: nothing.
    """

    path: Path
    note: str


def export_run(
    run: Run,
    target: str,
    path: Path | None = None,
    *,
    member: str | None = None,
    accelerator: str | None = None,
) -> Exported:
    """Write a member of a run, or its history, for another tool; complete or not at all.

    Args:
        run: the campaign.
        target: a name of `TARGETS`.
        path: the file or folder to write, which must not exist; None: in `exports/` of the run.
        member: id of a candidate or point, for targets of a member; `keras`, `savedmodel` and
            `netlists` also take that of a network that `finalize` made.
        accelerator: that `netlists` describes: a name or a TOML file; None: that of the member.

    Returns:
        What was written.

    Raises:
        UnknownNameError: for an unknown target or accelerator, with the nearest names.
        ConfigError: if a member is missing, or given for a target of the whole run, or the name
            of the file has another ending.
        StoreError: if there is no such member, its weights are gone, or the path exists or cannot
            be written.
        EnvironmentBroken: if a package that the target needs is missing.
        EvoApproxNASError: if what the run depends on, such as its data set, is not there.
    """
    if target not in TARGETS:
        raise unknown_name("target of an export", target, TARGETS)
    found = TARGETS[target]
    if accelerator is not None and target != "netlists":
        raise ConfigError(f"an accelerator is of netlists, and {target} describes none")
    _check_member(run, target, member)
    _check_packages(target)
    path = _free(run, found, path, member)
    job = Job(run, member, accelerator)
    module, _, function = found.writer.partition(":")
    write = getattr(import_module(module), function)
    with (atomic_folder if found.is_folder else atomic_file)(path) as partial:
        write(job, partial)
    return Exported(path, found.note.replace("FOLDER", str(path)).replace("FILE", str(path)))


def _check_member(run: Run, target: str, member: str | None) -> None:
    of = TARGETS[target].of
    if of == "member" and member is None:
        front = run.front()["id"].tolist()
        raise ConfigError(
            f"{target} is of one member of the run: expected its id, such as "
            f"{', '.join(front[:3]) or 'g03-05'}, got none"
        )
    if of == "run" and member is not None:
        raise ConfigError(f"{target} is of a whole run: expected no id, got {member!r:.60}")
    if member is None or (found := finished_model(run, member)) is None:
        _check_point(run, member)
    elif not TARGETS[target].finished:
        known = ", ".join(name for name, each in TARGETS.items() if each.finished)
        raise ConfigError(
            f"{member} is a network that finalize made ({found}): it can be exported to {known}"
        )


def _check_point(run: Run, member: str | None) -> None:
    if member is None or str(run.candidate(member).id) == member:
        return
    if run.point(member) is None:
        own = [str(name) for name in run.points() if member.startswith(str(name.candidate))]
        raise StoreError(f"run {run.name} has no point {member}; {did_you_mean(member, own)}")


def _check_packages(target: str) -> None:
    for package, extra in TARGETS[target].needs.items():
        if find_spec(package) is None:
            raise EnvironmentBroken(
                f"export to {target} needs the package {package}; install it with: pip install "
                f"'evoapproxnas[{extra}]'"
            )


def _free(run: Run, target: Target, path: Path | None, member: str | None) -> Path:
    if path is None:
        folder = run.path / FOLDER
        make_folder(folder)
        path = folder / f"{member or run.name}{target.suffix}"
    elif not target.is_folder and path.suffix != target.suffix:
        raise ConfigError(f"expected a file whose name ends in {target.suffix}, got {path}")
    if path.exists():
        raise StoreError(
            f"{path} exists already, and is not overwritten; remove it, or name another place "
            "with -o"
        )
    return path
