"""The text of a file that holds a netlist."""

from pathlib import Path

from evoapproxnas.errors import NetlistError


def netlist_text(path: Path, *, any_bytes: bool = False) -> str:
    """Return the text of a UTF-8 file, without a byte order mark.

    Args:
        path: the file.
        any_bytes: whether what is no UTF-8 is replaced instead of refused.

    Raises:
        NetlistError: if the file cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace" if any_bytes else "strict")
    except (OSError, UnicodeDecodeError) as error:
        raise NetlistError(f"cannot read the netlist {path}: {error}") from error
