"""A campaign in one call, from Python."""

from pathlib import Path
from typing import Any

from evoapproxnas import executors
from evoapproxnas.config import RunConfig, load_config
from evoapproxnas.errors import ConfigError
from evoapproxnas.paths import as_path
from evoapproxnas.problems import Problem, make_problem, make_ranking, with_objectives
from evoapproxnas.search.algorithms import find_algorithm
from evoapproxnas.search.campaign import run_campaign
from evoapproxnas.search.ending import write_page
from evoapproxnas.search.feasible import check_limits
from evoapproxnas.search.inputs import inputs_of
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.observer import Observer, Silent
from evoapproxnas.search.reuse import Reuse
from evoapproxnas.store import Run, create_run, next_free_name

DEFAULT_PRESET = "digits"
"""Where nothing else says which networks are searched."""


def search(
    config: RunConfig | None = None,
    *,
    name: str | None = None,
    runs_dir: str | Path = "runs",
    observer: Observer | None = None,
    preset: str | None = None,
    **sections: Any,
) -> Run:
    """Search networks and multipliers: what `python -m evoapproxnas run` does.

        run = ea.search(seed=1, search={"population": 16}, data={"dataset": "cifar10"})
        run.front()

    Workers are processes of their own, so a script calls this under
    `if __name__ == "__main__":`. An interrupted campaign goes on with `go_on`.

    Args:
        config: the whole configuration; None resolves it from what follows.
        name: of the run; None makes one up.
        runs_dir: folder that holds runs.
        observer: is told what happens.
        preset: what sections change: `digits` unless said otherwise.
        **sections: sections of `RunConfig` as mappings, and its `seed` and `problem`.

    Returns:
        The run, in RUNS_DIR/NAME.

    Raises:
        ConfigError: for an unknown key or a wrong value, or sections beside a whole configuration.
        StoreError: if there is a run of that name.
        EvoApproxNASError: if the configuration makes nothing that can be searched; nothing is
            written then.
    """
    if config is None:
        config = load_config(preset=preset, fallback=DEFAULT_PRESET, values=sections)
    elif sections or preset is not None:
        given = ", ".join([*sections, *(["preset"] if preset else [])])
        raise ConfigError(f"expected a whole configuration or parts of one, got both ({given})")
    if not isinstance(config, RunConfig):
        raise ConfigError(
            f"expected a RunConfig, got {config!r:.60}; load_config of evoapproxnas.config makes "
            "one, and single sections are given as keywords: search(seed=1)"
        )
    folder = as_path(runs_dir, of="a folder of runs")
    config, problem = resolved(config, folder)
    name = name or free_name(config, folder)
    ranking, warm = make_ranking(problem, config), problem.warm_starts()
    run = create_run(folder / name, config, ranking, warm_starts=warm, inputs=inputs_of(problem))
    return go_on(run, observer=observer, problem=problem)


def resolved(config: RunConfig, runs_dir: Path) -> tuple[RunConfig, Problem]:
    """Return a configuration with all that it leaves open, and the problem that it makes.

    Raises:
        EvoApproxNASError: if it makes nothing that can be searched.
    """
    config = with_objectives(config).for_this_machine(runs_dir)
    return config, check_searchable(config)


def check_searchable(config: RunConfig) -> Problem:
    """Return the problem of a configuration, before anything is written.

    Args:
        config: with all that it leaves open resolved.

    Raises:
        DatasetError: if its data set cannot be found or read.
        StoreError: if a run whose trainings are to be taken over cannot be read.
        EvoApproxNASError: if it makes nothing that can be searched, nothing is within its limits,
            or its algorithm cannot be used.
    """
    make_algorithm = find_algorithm(config.search.algorithm)
    problem = make_problem(config)
    ranking = make_ranking(problem, config)
    make_algorithm(problem, Ledger(ranking), config)
    check_limits(problem, ranking, seed=config.seed)
    Reuse(problem, config)
    return problem


def go_on(run: Run, *, observer: Observer | None = None, problem: Problem | None = None) -> Run:
    """Continue a run after any kind of end: what `python -m evoapproxnas resume` does.

    At the end its page, `report.html`, is written into its folder.

    Args:
        run: a run that was loaded, and perhaps reconfigured.
        observer: is told what happens.
        problem: what is searched; None makes the one that the run names.

    Returns:
        The run.

    Raises:
        EvoApproxNASError: as `run_campaign` does.
    """
    problem = problem or make_problem(run.config)
    observer = observer or Silent()
    run_campaign(run, make_executor(run, problem), observer, problem=problem)
    write_page(run, observer)
    return run


def free_name(config: RunConfig, runs_dir: Path) -> str:
    """Make a name up: what is searched, and a number that is not taken.

    Args:
        config: says what is searched.
        runs_dir: folder that holds runs.
    """
    networks = config.problem == "cnn"
    return next_free_name(runs_dir, Path(config.data.dataset).stem if networks else config.problem)


def make_executor(
    run: Run, problem: Problem, *, timeout_seconds: float | None = None
) -> executors.Executor:
    """Make the executor that a run's configuration asks for; no worker is started yet.

    Args:
        run: the run.
        problem: what is searched.
        timeout_seconds: of a task; None: that of the configuration.

    Raises:
        EnvironmentBroken: if it needs a package that is not installed.
    """
    asked = run.config.execution
    options: dict[str, Any] = {
        "log": run.path / "workers.log",
        "prepare": problem.prepare,
        **asked.model_dump(exclude={"executor", "ray_address"}),
    }
    if timeout_seconds is not None:
        options["timeout_seconds"] = timeout_seconds
    if asked.executor == "inline":
        return executors.InlineExecutor()
    if asked.executor == "ray":
        handshake = problem.handshake
        return executors.RayExecutor(address=asked.ray_address, handshake=handshake, **options)
    return executors.ProcessExecutor(**options)
