"""What ZigZag found, on the disk: a file for each layer shape and accelerator.

A file that is damaged, or of something else, counts as none and is written anew. Where nothing
can be written, results live as long as the process, and a warning says so once.
"""

import hashlib
import json
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path

from evoapproxnas.cache_folder import user_cache
from evoapproxnas.errors import StoreError
from evoapproxnas.files import decode_json, encode_json, read_text, write_atomically
from evoapproxnas.hardware.accelerators import Accelerator, LayerCost, Shape

_FORM = 1
"""Of the files, and of what is asked of ZigZag; raise it when either changes."""


@dataclass(frozen=True)
class _Entry:
    key: str
    cost: LayerCost


class ZigzagCache:
    """Costs by layer shape and accelerator, for one version of ZigZag.

    Attributes:
        folder: where files are; None: in memory only.
    """

    def __init__(self, version: str, folder: Path | None = None) -> None:
        """Choose the folder; in the user's cache unless one is given.

        Args:
            version: of ZigZag; what others found does not count.
            folder: for the files; made on the first `put`.
        """
        self.folder = folder or user_cache("zigzag")
        self._version = version
        self._known: dict[str, LayerCost] = {}
        self._warned = False

    def get(self, shape: Shape, accelerator: Accelerator) -> LayerCost | None:
        """Return what is known of a shape on an accelerator.

        Args:
            shape: of the layer.
            accelerator: that it runs on.
        """
        key = self._key(shape, accelerator)
        if key not in self._known and (cost := self._read(key)) is not None:
            self._known[key] = cost
        return self._known.get(key)

    def put(self, shape: Shape, accelerator: Accelerator, cost: LayerCost) -> None:
        """Keep a cost, on the disk if that can be written.

        Args:
            shape: of the layer.
            accelerator: that it runs on.
            cost: what ZigZag said.
        """
        key = self._key(shape, accelerator)
        self._known[key] = cost
        if (path := self._path(key)) is None:
            return self._warn("there is no folder that can be written")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, encode_json(_Entry(key, cost)))
        except (OSError, StoreError) as error:
            self._warn(str(error))

    def _read(self, key: str) -> LayerCost | None:
        path = self._path(key)
        if path is None or not path.is_file():
            return None
        try:
            entry = decode_json(_Entry, read_text(path), where=str(path))
        except StoreError:
            return None
        return entry.cost if entry.key == key else None

    def _path(self, key: str) -> Path | None:
        name = hashlib.sha256(key.encode()).hexdigest()[:32]
        return None if self.folder is None else self.folder / f"{name}.json"

    def _key(self, shape: Shape, accelerator: Accelerator) -> str:
        """Write down what decides the cost; names label it, clock and areas do not enter."""
        parts = {
            "form": _FORM,
            "zigzag": self._version,
            "shape": asdict(shape),
            "array": [accelerator.rows, accelerator.columns, accelerator.dataflow],
            "sum_bits": accelerator.sum_bits,
            "memories": [{**asdict(m), "area_um2": None} for m in accelerator.memories],
        }
        return json.dumps(parts, sort_keys=True)

    def _warn(self, why: str) -> None:
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"what ZigZag finds is not kept: {why}; it is searched anew next time",
                stacklevel=3,
            )
