"""A folder that remembers what was measured of one subject, for one process at a time.

identity.json    what the rows are about; another subject is refused
others           what was measured, written as soon as it is known: journals, or a file each
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evoapproxnas.errors import StoreError
from evoapproxnas.files.atomic import write_atomically
from evoapproxnas.files.lock import locked
from evoapproxnas.files.reading import read_json
from evoapproxnas.files.records import decode, decode_json, encode_json


@contextmanager
def study_folder(folder: Path | None, identity: Mapping[str, Any]) -> Iterator[None]:
    """Hold a folder for one subject while the context is open.

    Args:
        folder: is made if it is not there; None: nothing is kept, and nothing held.
        identity: what the measurements depend on, ready for JSON.

    Returns:
        A context that holds the folder.

    Raises:
        StoreError: if the folder is about another subject, in use, or cannot be written.
    """
    if folder is None:
        yield
        return
    with locked(folder):
        _check_identity(folder / "identity.json", identity)
        yield


def _check_identity(path: Path, identity: Mapping[str, Any]) -> None:
    text = encode_json(dict(identity), indent=2) + "\n"
    if not path.exists():
        write_atomically(path, text)
        return
    known = decode(dict[str, Any], read_json(path), where=str(path))
    wanted = decode_json(dict[str, Any], text, where=str(path))
    keys = [key for key in {**known, **wanted} if known.get(key) != wanted.get(key)]
    if keys:
        told = "; ".join(f"{k} was {known.get(k)!r}, now {wanted.get(k)!r}" for k in keys)
        raise StoreError(
            f"{path.parent} holds measurements of something else ({told}); choose another folder, "
            "or repeat the options it was made with"
        )
