"""`config`, `run` and `resume`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evoapproxnas.cli.library_options import LibraryFolder
from evoapproxnas.cli.output import console

if TYPE_CHECKING:
    from evoapproxnas.config import RunConfig
    from evoapproxnas.search import Observer
    from evoapproxnas.store import Run

RunsDir = Annotated[Path, typer.Option(help="Folder that holds runs.")]
Preset = Annotated[
    str | None, typer.Option(help="digits (default without --config), cifar10 or paper.")
]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="TOML file over the preset.")]
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
    *, preset: Preset = None, config_file: ConfigFile = None, settings: Settings = None
) -> None:
    """Print the resolved configuration as TOML; keys without a value are left out."""
    print(_resolve(preset, config_file, settings or []).to_toml(), end="")


def run(
    name: Annotated[str | None, typer.Argument(help="Name of the run; made up if absent.")] = None,
    *,
    preset: Preset = None,
    config_file: ConfigFile = None,
    settings: Settings = None,
    data_dir: Annotated[Path | None, typer.Option(help="Folder of data sets.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the run.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes.")] = None,
    library: LibraryFolder = None,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Search networks and multipliers; the run goes to RUNS_DIR/NAME."""
    from evoapproxnas.search import search
    from evoapproxnas.store import next_free_name

    shortcuts = {"seed": seed, "execution.workers": workers}
    quick = [f"{key}={value}" for key, value in shortcuts.items() if value is not None]
    if data_dir is not None:
        quick.append(f"data.data_dir='{data_dir.absolute()}'")
    if library is not None:
        quick.append(f"space.library='{library.absolute()}'")
    resolved = _resolve(preset, config_file, [*quick, *(settings or [])])
    chosen = name or next_free_name(runs_dir, _stem(resolved))
    _campaign(
        runs_dir / chosen,
        resolved,
        lambda observer: search(resolved, name=chosen, runs_dir=runs_dir, observer=observer),
    )


def resume(
    name: Annotated[str, typer.Argument(help="Name of the run.")],
    *,
    generations: Annotated[int | None, typer.Option(help="New number of generations.")] = None,
    max_hours: Annotated[float | None, typer.Option(help="New limit over all sessions.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes.")] = None,
    runs_dir: RunsDir = Path("runs"),
) -> None:
    """Continue a run after any kind of end, optionally for longer."""
    from evoapproxnas.search import go_on
    from evoapproxnas.store import load_run

    run = load_run(runs_dir / name)
    changes: dict[str, dict[str, float | None]] = {
        "search": {"generations": generations, "max_hours": max_hours},
        "execution": {"workers": workers},
    }
    run.reconfigure(changes)
    _campaign(run.path, run.config, lambda observer: go_on(run, observer=observer))


def _resolve(preset: str | None, file: Path | None, settings: list[str]) -> "RunConfig":
    from evoapproxnas.config import load_config

    if preset is None and file is None:
        preset = "digits"
    return load_config(preset=preset, file=file, settings=settings)


def _campaign(path: Path, config: "RunConfig", work: Callable[["Observer"], "Run"]) -> None:
    from evoapproxnas.cli.progress import observe
    from evoapproxnas.report import save_front_figure

    console.print(f"run {path}: {config.data.dataset}, seed {config.seed}")
    try:
        with observe(console) as observer:
            run = work(observer)
    except KeyboardInterrupt:
        console.print(f"interrupted; nothing is lost. Continue with: resume {path.name}")
        raise typer.Exit(130) from None
    save_front_figure([run], run.path / "pareto.png")
    _summarize(run)


def _summarize(run: "Run") -> None:
    from evoapproxnas.cli.results import print_front

    print_front(run, as_json=False)
    console.print(f"\n{run.path}/front.csv, pareto.png, models/ID.keras")


def _stem(config: "RunConfig") -> str:
    return Path(config.data.dataset).stem
