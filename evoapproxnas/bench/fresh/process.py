"""A process that loads a model, approximates it or not, predicts, and says what that took.

Python runs this file by its path, with a task and the file for the answer, both JSON: the process
that computes in float32 then imports nothing of this package.
"""

import json
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_PEAK = "VmHWM:"
_RESET_PEAK = "5"


class Stages:
    """Seconds, seconds of all processors, and the most memory of each part of a process."""

    def __init__(self) -> None:
        """Begin; what the processors did before is part of the first stage."""
        self.found: dict[str, dict[str, float]] = {}
        self._since, self._processor_since = perf_counter(), 0.0

    def end(self, name: str) -> None:
        """End a stage, and begin the next.

        Args:
            name: of the one that ends.
        """
        now, processor = perf_counter(), process_time()
        self.found[name] = {
            "seconds": now - self._since,
            "processor_s": processor - self._processor_since,
            "peak_mb": peak_bytes() / 1e6,
        }
        _RESET.write_text(_RESET_PEAK)
        self._since, self._processor_since = perf_counter(), process_time()


def peak_bytes() -> float:
    """Return the most memory that was resident at once, since it was reset if it was.

    Not from `resource.getrusage`, where a process begins with the peak of the one it comes from.
    """
    lines = _STATUS.read_text().splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith(_PEAK))
    return 1024.0 * int(kilobytes)


def measured(task: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Do a task.

    Args:
        task: see `comparing.Load`; `model` is a file, and no `multiplier` is float32.

    Returns:
        What each stage took: importing TensorFlow, loading, approximating, predicting.
    """
    stages = Stages()
    import keras
    import numpy as np

    stages.end("start")
    model = keras.saving.load_model(task["model"], compile=False)
    shape = (task["images"], *model.input_shape[1:])
    x = np.random.default_rng(0).integers(0, 256, shape, np.uint8).astype(np.float32)
    stages.end("load")
    if task["multiplier"]:
        import evoapproxnas as ea

        model = ea.approximate(model, task["multiplier"], x[: task["calibration_images"]])
        stages.end("approximate")
    model.predict(x, batch_size=task["batch"], verbose=0)
    stages.end("predict")
    return stages.found


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(measured(json.loads(sys.argv[1]))))
