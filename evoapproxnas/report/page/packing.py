"""What a page carries packed: its data and plotly.js, compressed and as letters.

The whole plotly.js of the `plotly` package has 4.8 MB. Compressed it takes 2 MB of a page, about
twice as much as the basic bundle that npm has, and no copy of it has to be kept up to date here.
Browsers since 2023 decompress it themselves. Nothing of the Python package is imported.
"""

import base64
import gzip
import json
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from evoapproxnas.errors import EnvironmentBroken

_PLOTLY = "plotly/package_data/plotly.min.js"


def packed_json(value: Mapping[str, Any]) -> str:
    """Return plain values as base64 of gzipped JSON.

    Raises:
        ValueError: for numbers that are not finite, which JSON does not know.
    """
    return _packed(json.dumps(value, allow_nan=False, separators=(",", ":")).encode())


@cache
def packed_plotly() -> str:
    """Return plotly.js likewise.

    Raises:
        EnvironmentBroken: if the package is not installed.
    """
    return _packed(plotly_script())


def plotly_script() -> bytes:
    """Return plotly.js as it is installed.

    Raises:
        EnvironmentBroken: if the package is not installed.
    """
    try:
        return Path(str(metadata.distribution("plotly").locate_file(_PLOTLY))).read_bytes()
    except (metadata.PackageNotFoundError, OSError) as error:
        raise EnvironmentBroken(
            f"the page needs plotly.js of the package plotly ({error}); install it with: "
            "pip install plotly"
        ) from error


def _packed(content: bytes) -> str:
    # Without a time in it, equal content makes equal pages.
    return base64.b64encode(gzip.compress(content, compresslevel=6, mtime=0)).decode("ascii")
