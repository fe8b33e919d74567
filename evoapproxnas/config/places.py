"""Paths of a configuration that mean the same from everywhere."""

from pathlib import Path

from evoapproxnas.paths import expanded


def absolute(path: str | None) -> str | None:
    """A path as it means the same from everywhere; None stays None."""
    return None if path is None else str(expanded(path).absolute())


def absolute_run(name: str, runs_dir: Path) -> str:
    """A run by its name, in the folder of runs, or by its path."""
    path = expanded(name)
    return str((path if path.is_dir() else runs_dir / name).absolute())


def absolute_start(name: str, runs_dir: Path) -> str:
    """A name of the zoo as it is; a run or a file by its path."""
    if name.startswith("run:"):
        run, colon, member = name.removeprefix("run:").partition(":")
        return f"run:{absolute_run(run, runs_dir)}{colon}{member}"
    return str(expanded(name).absolute()) if Path(name).suffix else name


def absolute_accelerator(name: str) -> str:
    """A name as it is; a file by its path, with what is varied of it behind it."""
    file, at, varied = (name, "", "") if name.endswith(".toml") else name.rpartition("@")
    if not file.endswith(".toml"):
        return name
    return f"{expanded(file).absolute()}{at}{varied}"
