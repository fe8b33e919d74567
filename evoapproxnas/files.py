"""Writing files so that nothing is lost when the process ends at any moment."""

from pathlib import Path

from evoapproxnas.errors import StoreError


def write_atomically(target: Path, text: str) -> None:
    """Replace a file's content in one step.

    Raises:
        StoreError: if it cannot be written.
    """
    partial = target.with_name(f".{target.name}.partial")
    try:
        partial.write_text(text, "utf-8")
        partial.replace(target)
    except OSError as error:
        raise StoreError(
            f"cannot write {target}: {error.strerror}; free some space or fix permissions, then "
            "resume; everything recorded so far is kept"
        ) from error
