"""Every documented command is run, chapter by chapter, with the options of `small`."""

import shlex
import shutil

import pytest
from typer.main import get_command

from evoapproxnas.cli.app import app
from tests.readme.documents import ROOT, Command, documented
from tests.readme.small import COMMANDS, Elsewhere
from tests.readme.workplace import Workplace, make_files, make_runs

HINT = "add to COMMANDS of tests/readme/small.py what makes it small, or AS_IT_IS"


def is_mention(command):
    """Whether a sentence names it in general, without what it needs to run."""
    words = list(command.words[3:])
    if not command.inline or command.words[:2] != ("python", "-m"):
        return False
    found = get_command(app)
    while hasattr(found, "commands") and words:
        found = found.commands.get(words.pop(0))
    return (
        not words
        and found is not None
        and (hasattr(found, "commands") or any(p.required for p in found.params))
    )


def entry_of(command):
    """The longest beginning in the table that fits, and its entry."""
    fitting = [
        start
        for start in COMMANDS
        if command.words[: len(words := shlex.split(start))] == tuple(words)
    ]
    assert fitting, f"{command.chapter} has a new command: {command}; {HINT}"
    return max(fitting, key=len)


FOUND = [command for command in documented() if not is_mention(command)]
CHAPTERS = list(dict.fromkeys(command.chapter for command in FOUND))


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("readme") / "files"
    folder.mkdir()
    make_files(folder)
    return folder


@pytest.fixture
def workplace(files, tmp_path, monkeypatch):
    shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    return Workplace(tmp_path, monkeypatch)


def test_every_command_has_an_entry():
    used = {entry_of(command) for command in FOUND}
    assert used == set(COMMANDS), "these entries fit no documented command; remove them"


def test_a_new_command_is_missed_until_it_has_an_entry():
    new = Command("README.md", ("python", "-m", "evoapproxnas", "fly"))
    with pytest.raises(AssertionError, match=f"README.md has a new command: .* fly; {HINT}"):
        entry_of(new)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_commands_of_a_chapter_run(chapter, workplace, monkeypatch):
    if chapter == "plots":
        make_runs(workplace.folder, monkeypatch)
    for command in (command for command in FOUND if command.chapter == chapter):
        entry = COMMANDS[entry_of(command)]
        if isinstance(entry, Elsewhere):
            assert entry.text in (ROOT / entry.file).read_text("utf-8")
            continue
        try:
            workplace.run(command, entry)
        except Exception as error:
            error.add_note(f"by the command: {command}")
            raise
