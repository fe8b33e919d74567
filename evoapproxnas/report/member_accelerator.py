"""The accelerator that figures of a run's member are about."""

import re

from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.accelerators import (
    Accelerator,
    accelerator_digest,
    load_accelerator,
)
from evoapproxnas.store import Run

_CANDIDATE = re.compile(r"g\d+-\d+")


def member_accelerator(run: Run, member: str, *, finished: bool = False) -> Accelerator:
    """Load the accelerator of a member, as it was when the run was made.

    Args:
        run: the campaign.
        member: id of a candidate or point, or of a network that `finalize` made of one.
        finished: whether it is the latter; its accelerator is that of the candidate.

    Raises:
        ConfigError: if a file that describes it cannot be read, or describes another one by now.
        StoreError: if there is no such member.
    """
    candidate = _CANDIDATE.match(member) if finished else None
    name = run.accelerator(candidate[0] if candidate else member)
    described = name if name.endswith(".toml") else name.rpartition("@")[0]
    for each in {name, described} & _recorded(run):
        digest, was = accelerator_digest(load_accelerator(each)), run.inputs[_KEY + each]
        if digest != was:
            raise ConfigError(
                f"accelerator {each} of run {run.name} changed since it was made: digest "
                f"{digest}, was {was}; put back what was there, or name one with --accelerator"
            )
    return load_accelerator(name)


_KEY = "accelerator "
"""What inputs of a run that are accelerators begin with."""


def _recorded(run: Run) -> set[str]:
    return {name.removeprefix(_KEY) for name in run.inputs if name.startswith(_KEY)}
