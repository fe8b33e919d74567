"""What a run depends on beside its configuration: images, multipliers, files, by digest."""

from collections.abc import Mapping

from evoapproxnas.errors import ConfigError
from evoapproxnas.executors.envelope import find
from evoapproxnas.problems import Problem
from evoapproxnas.store import Run


def inputs_of(problem: Problem) -> Mapping[str, str]:
    """Return digests by what they are of, as the problem's handshake gives them.

    Raises:
        EvoApproxNASError: if something is missing.
    """
    task = problem.handshake
    return {} if task is None else dict(find(task.kind)(task).payload)


def check_inputs(run: Run, problem: Problem) -> None:
    """Refuse to go on with other images, multipliers or files than the run was made with.

    Raises:
        ConfigError: naming what has changed.
    """
    recorded = run.inputs
    if not recorded:
        return
    present = inputs_of(problem)
    if changed := changed_since(run, present):
        raise ConfigError(
            f"{', '.join(changed)} of run {run.name} changed since it was made: digest "
            f"{present[changed[0]]}, was {recorded[changed[0]]}; put back what was there, or "
            "start a new run, whose figures can be compared"
        )


def changed_since(run: Run, present: Mapping[str, str]) -> list[str]:
    """Name what has other content now than when a run was made.

    Args:
        run: the run; what it does not know counts as unchanged.
        present: digests as `inputs_of` gives them.
    """
    return [name for name, digest in run.inputs.items() if present.get(name, digest) != digest]
