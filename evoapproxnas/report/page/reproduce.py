"""The commands that make a run again, and that go on with it."""

import shlex
from dataclasses import dataclass

from evoapproxnas.errors import command
from evoapproxnas.report.page.snapshot import Snapshot


@dataclass(frozen=True)
class Command:
    """A command line and what it does."""

    does: str
    line: str


def commands(snapshot: Snapshot) -> list[Command]:
    """Return commands in the order in which somebody wants them."""
    name, folder = snapshot.name, snapshot.path.parent
    config = snapshot.path / "config.toml"
    lines = []
    if revision := snapshot.environment.get("git"):
        checkout = f"git checkout {shlex.quote(str(revision).removesuffix('-dirty'))}"
        lines.append(Command("the revision it was made with", checkout))
    lines.append(
        Command(
            "the same search again (config.toml stands below)",
            command("run", f"{name}-again", config=config, runs_dir=folder),
        )
    )
    if snapshot.finished is not None:
        lines.append(
            Command("and its finish", command("finalize", f"{name}-again", runs_dir=folder))
        )
    lines.append(Command("go on with this run", command("resume", name, runs_dir=folder)))
    lines.append(Command("its front as text", command("show", name, runs_dir=folder)))
    lines.append(Command("this page again", command("report", name, runs_dir=folder)))
    return lines
