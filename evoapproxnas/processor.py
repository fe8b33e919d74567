"""The processor's name, as the operating system tells it."""

import platform
from pathlib import Path


def processor_name() -> str:
    """Return the model of this machine's processor, for people."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
