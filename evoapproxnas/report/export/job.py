"""What a writer of an export is given."""

from dataclasses import dataclass
from pathlib import Path

from evoapproxnas.errors import ConfigError
from evoapproxnas.store import Run
from evoapproxnas.store.finish import FOLDER


@dataclass(frozen=True)
class Job:
    """What is to be exported.

    Attributes:
        run: the campaign.
        member: id of a candidate, a point or a finished network; None: the whole run.
        accelerator: that a network is for: a name or a TOML file; None: its own.
    """

    run: Run
    member: str | None
    accelerator: str | None

    @property
    def name(self) -> str:
        """The id of what has to be a member.

        Raises:
            ConfigError: if it is a whole run.
        """
        if self.member is None:
            raise ConfigError(f"expected the id of a member of run {self.run.name}, got none")
        return self.member

    @property
    def title(self) -> str:
        """What is exported, in words."""
        return f"Run {self.run.name}, {self.member}" if self.member else f"Run {self.run.name}"


def finished_model(run: Run, member: str) -> Path | None:
    """Return the file of a network that `finalize` made; None if it made none of this id."""
    file = run.path / FOLDER / f"{member}.keras"
    return file if Path(member).name == member and file.is_file() else None
