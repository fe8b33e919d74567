"""Reading a file whole."""

from pathlib import Path
from typing import Any

from pydantic_core import from_json

from evoapproxnas.errors import EvoApproxNASError, StoreError


def told(error: Exception) -> str:
    """Return what went wrong in a few words, without the path that an OSError repeats.

    Args:
        error: what was raised.
    """
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__


def as_text(name: str) -> str:
    r"""Return a name as UTF-8 can hold it: bytes of file names that are no text become `\udcff`.

    Args:
        name: as the file system or a file of anybody's making has it.
    """
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def read_text(path: Path, *, error: type[EvoApproxNASError] = StoreError) -> str:
    """Return the text of a UTF-8 file, line ends as they are, without a byte order mark.

    Args:
        path: of the file.
        error: what is raised.

    Raises:
        EvoApproxNASError: of the class given, if it cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise error(f"cannot read {path}: {told(problem)}") from problem


def read_json(path: Path, *, error: type[EvoApproxNASError] = StoreError) -> Any:
    """Return the plain values of a JSON file; one nested too deep is an error as well.

    Args:
        path: of the file.
        error: what is raised.

    Raises:
        EvoApproxNASError: of the class given, if it cannot be read or is no JSON.
    """
    try:
        return from_json(read_text(path, error=error))
    except ValueError as problem:
        raise error(f"{path} is not valid JSON: {told(problem)}") from problem
