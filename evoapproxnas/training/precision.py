"""What "auto" means for `TrainingConfig.precision` on this machine."""

from pathlib import Path

from evoapproxnas.config import RunConfig, TrainingConfig

_CPU = Path("/proc/cpuinfo")


def has_fast_bfloat16() -> bool:
    """Whether this CPU multiplies matrices of bfloat16 in tiles (AMX), as Linux tells."""
    if not _CPU.is_file():
        return False
    return "amx_bf16" in _CPU.read_text("utf-8").split()


def resolved(config: TrainingConfig) -> TrainingConfig:
    """Return the configuration with a precision that is the same on every machine.

    A run keeps what this gives where it is made: its trainings then agree wherever they go on.
    """
    if config.precision != "auto":
        return config
    precision = "bfloat16" if has_fast_bfloat16() else "float32"
    return config.model_copy(update={"precision": precision})


def with_resolved_precision(config: RunConfig) -> RunConfig:
    """Return the same configuration of a run, its training `resolved`."""
    return config.model_copy(update={"training": resolved(config.training)})
