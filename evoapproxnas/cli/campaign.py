"""`config`, `run` and `resume`."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from evoapproxnas.cli.completing import complete_multiplier
from evoapproxnas.cli.conducting import Campaign, conduct
from evoapproxnas.cli.options import (
    DataDir,
    ExecutorName,
    LibraryFolder,
    RayAddress,
    RunName,
    RunsDir,
    Workers,
    data_options,
    execution_options,
    run_name,
)
from evoapproxnas.cli.output import Terminal, note, say
from evoapproxnas.cli.quiet import get_ready_inline
from evoapproxnas.errors import DatasetError
from evoapproxnas.wording import several

if TYPE_CHECKING:
    from evoapproxnas.config import RunConfig

ProblemName = Annotated[
    str | None, typer.Option("--problem", help="What is searched: cnn (the default) or synthetic.")
]
Preset = Annotated[
    str | None, typer.Option(help="digits (default without --config), cifar10 or paper.")
]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="TOML file over the preset.")]
Finalize = Annotated[
    bool, typer.Option("--finalize", help="Finish members of the front, too; see finalize.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="section.key=value over the file; may be repeated."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(config)
    app.command()(run)
    app.command()(resume)


def config(
    *,
    problem: ProblemName = None,
    preset: Preset = None,
    config_file: ConfigFile = None,
    settings: Settings = None,
) -> None:
    """Print the resolved configuration as TOML, if it can be searched.

    Keys without a value are left out. The data set need not be here.

    Example: python -m evoapproxnas config --preset cifar10 > my.toml
    """
    from evoapproxnas.search import check_searchable

    resolved = _resolve(preset, config_file, settings, {"problem": problem})
    try:
        check_searchable(resolved.with_absolute_paths())
    except DatasetError as error:
        note(f"not checked against its data: {error}", to=Terminal(stderr=True))
    print(resolved.to_toml(), end="")


def run(
    name: Annotated[str | None, typer.Argument(help="Name of the run; made up if absent.")] = None,
    *,
    problem: ProblemName = None,
    preset: Preset = None,
    config_file: ConfigFile = None,
    settings: Settings = None,
    data_dir: DataDir = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the run.")] = None,
    workers: Workers = None,
    executor: ExecutorName = None,
    ray_address: RayAddress = None,
    multipliers: Annotated[
        list[str] | None,
        typer.Option(
            help="Name or shell pattern of circuits to choose from; may be repeated. "
            "[default: space.multipliers]",
            autocompletion=complete_multiplier,
        ),
    ] = None,
    library: LibraryFolder = None,
    init: Annotated[
        list[str] | None,
        typer.Option(
            help="First candidates: zoo networks (resnet8), run:NAME for the front of a run, or "
            "FILE.json; separated by commas, or repeated."
        ),
    ] = None,
    reuse: Annotated[
        list[str] | None,
        typer.Option(help="Run whose trainings are taken over where they agree; repeatable."),
    ] = None,
    mode: Annotated[
        str | None,
        typer.Option(help="generational (the default), or steady: all workers always busy."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Time one candidate and say what all would take.")
    ] = False,
    finalize: Finalize = False,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Search networks and multipliers; the run goes to RUNS_DIR/NAME.

    Example: python -m evoapproxnas run NAME --preset cifar10 --data-dir DIR
    """
    shortcuts: dict[str, Any] = {
        "problem": problem,
        "seed": seed,
        "data": {"data_dir": data_dir and str(data_dir)},
        "space": {"multipliers": multipliers, "library": library and str(library)},
        "search": {"init": _listed(init), "reuse": _listed(reuse), "mode": mode},
        "execution": execution_options(workers, executor, ray_address),
    }
    if dry_run:
        resolved = _resolve(preset, config_file, settings, shortcuts)
        also = "; a finish comes on top" if finalize else ""
        note(f"timing one candidate; nothing is kept of it{also}")
        _forecast(resolved, runs_dir)
        return

    def prepare() -> Campaign:
        from evoapproxnas.search import free_name, search

        resolved = _resolve(preset, config_file, settings, shortcuts)
        chosen = free_name(resolved, runs_dir) if name is None else run_name(name)
        return Campaign(
            runs_dir / chosen,
            resolved,
            lambda observer: search(resolved, name=chosen, runs_dir=runs_dir, observer=observer),
        )

    conduct(prepare, finalize=finalize)


def resume(
    name: RunName,
    *,
    generations: Annotated[int | None, typer.Option(help="New number of generations.")] = None,
    max_hours: Annotated[float | None, typer.Option(help="New limit over all sessions.")] = None,
    data_dir: DataDir = None,
    workers: Workers = None,
    executor: ExecutorName = None,
    ray_address: RayAddress = None,
    finalize: Finalize = False,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Continue a run after any kind of end, optionally for longer.

    Example: python -m evoapproxnas resume NAME
    """
    changes: dict[str, dict[str, Any]] = {
        "search": {"generations": generations, "max_hours": max_hours},
        "data": data_options(data_dir),
        "execution": execution_options(workers, executor, ray_address),
    }

    def prepare() -> Campaign:
        from evoapproxnas.search import go_on
        from evoapproxnas.store import load_run

        run = load_run(runs_dir / name)
        run.reconfigure(changes)
        return Campaign(run.path, run.config, lambda observer: go_on(run, observer=observer))

    conduct(prepare, finalize=finalize)


def _listed(given: list[str] | None) -> list[str] | None:
    """Return the values of an option that may be repeated, or hold several between commas."""
    if given is None:
        return None
    return [name.strip() for text in given for name in text.split(",") if name.strip()]


def _forecast(config: "RunConfig", runs_dir: Path) -> None:
    """Say what a campaign would take."""
    from evoapproxnas.search import dry_run

    get_ready_inline(config)
    found = dry_run(config, runs_dir=runs_dir)
    passes, workers = several(found.passes, "pass"), several(found.workers, "worker")
    say(f"candidates       {found.candidates}, all generations together")
    say(f"steps            about {found.steps}, with {passes} over the images")
    say(f"one candidate    {found.seconds:.1f} s ({found.timed}, of median size)")
    minutes = 60 * found.hours
    short = f"{minutes:.0f} min" if minutes >= 2 else f"{60 * minutes:.0f} s"
    time = f"{found.hours:.2g} h ({short})" if minutes >= 6 else short
    say(f"time             about {time} with {workers}")
    say(f"disk             up to about {found.disk_mb:.2g} MB")


def _resolve(
    preset: str | None,
    file: Path | None,
    settings: list[str] | None,
    shortcuts: Mapping[str, Any],
) -> "RunConfig":
    from evoapproxnas.config import load_config
    from evoapproxnas.problems import with_objectives
    from evoapproxnas.search import DEFAULT_PRESET

    return with_objectives(
        load_config(
            preset=preset,
            file=file,
            values=shortcuts,
            settings=settings or (),
            fallback=DEFAULT_PRESET,
        )
    )
