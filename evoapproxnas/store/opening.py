"""Run folders are made and opened here; `run_folder` says what is in them."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from evoapproxnas.config import RunConfig, load_config
from evoapproxnas.constraints import Ranking
from evoapproxnas.errors import StoreError, command
from evoapproxnas.files import atomic_folder, encode_json
from evoapproxnas.paths import as_path
from evoapproxnas.records import WarmStart
from evoapproxnas.store.acceptance import plain
from evoapproxnas.store.database import Database
from evoapproxnas.store.environment import describe_environment
from evoapproxnas.store.moment import read_moment
from evoapproxnas.store.run_folder import CONFIG, DATABASE, ENVIRONMENT, INPUTS, Run
from evoapproxnas.store.warm import write_warm_starts


def create_run(
    path: str | Path,
    config: RunConfig,
    ranking: Ranking,
    *,
    warm_starts: Sequence[WarmStart] = (),
    inputs: Mapping[str, str] | None = None,
) -> Run:
    """Make a run folder; it appears complete or not at all.

    Args:
        path: the folder to make.
        config: the resolved configuration.
        ranking: objectives and limits, as the problem understands them.
        warm_starts: its first candidates, which are copied into the folder.
        inputs: digests of what it depends on, by what they are of.

    Raises:
        StoreError: if the folder exists or cannot be written.
    """
    path = Path(path)
    if path.exists():
        raise StoreError(
            f"run {path} exists already; choose another name, or continue it with: "
            + command("resume", path.name, runs_dir=path.parent)
        )
    config = config.for_this_machine()
    with atomic_folder(path) as partial:
        (partial / "models").mkdir()
        (partial / CONFIG).write_text(config.to_toml(), "utf-8")
        (partial / ENVIRONMENT).write_text(
            encode_json(describe_environment(), indent=2) + "\n", "utf-8"
        )
        write_warm_starts(partial, warm_starts)
        (partial / INPUTS).write_text(encode_json(dict(inputs or {}), indent=2) + "\n", "utf-8")
        Database.create(
            partial / DATABASE, ranking.directions, limits=ranking.limits, config=plain(config)
        ).close()
    return load_run(path)


def load_run(path: str | Path, *, read_only: bool = False) -> Run:
    """Open an existing run folder; only a campaign that goes on changes anything in it.

    Args:
        path: the folder.
        read_only: no campaign may go on with it.

    Raises:
        StoreError: if it is not a run, is damaged, or was written by a newer version.
    """
    path = as_path(path, of="a run folder", error=StoreError)
    config = _config_of(path)
    database = Database.open(path / DATABASE, read_only=True, limits=config.search.limits)
    return Run(path, config, database, read_only=read_only)


def load_moment(path: str | Path) -> Run:
    """Read a run folder as it is now; no file of it stays open, and none is made in it.

    Args:
        path: the folder.

    Raises:
        StoreError: likewise.
    """
    path = as_path(path, of="a run folder", error=StoreError)
    config = _config_of(path)
    database = read_moment(path / DATABASE, limits=config.search.limits)
    return Run(path, config, database, read_only=True)


def _config_of(path: Path) -> RunConfig:
    if not path.is_dir():
        raise StoreError(f"no run folder at {path}{_nearby(path)}")
    if not (path / DATABASE).is_file():
        raise StoreError(f"no database at {path / DATABASE}; is this a run folder?")
    return load_config(file=path / CONFIG)


def next_free_name(runs_dir: Path, stem: str) -> str:
    """Return the first of `stem-001`, `stem-002`, ... that is not taken.

    Args:
        runs_dir: folder that holds runs.
        stem: what the name begins with.
    """
    pattern = re.compile(re.escape(stem) + r"-(\d+)")
    names = [p.name for p in runs_dir.iterdir()] if runs_dir.is_dir() else []
    taken = [int(match[1]) for name in names if (match := pattern.fullmatch(name))]
    return f"{stem}-{max(taken, default=0) + 1:03d}"


def _nearby(path: Path) -> str:
    if not path.parent.is_dir():
        return ""
    names = sorted(p.parent.name for p in path.parent.glob(f"*/{DATABASE}"))
    return f"; runs in {path.parent}: {', '.join(names)}" if names else f"; {path.parent} has none"
