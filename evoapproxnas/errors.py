"""Every error this package raises on purpose: what was expected, what came, what to do next.

A broken campaign is an error; a failed candidate is data (`records.Failure`). The errors that
describe a candidate derive from `CandidateError`, and the campaign turns them into failure rows.
"""

import difflib
import shlex
from collections.abc import Iterable


class EvoApproxNASError(Exception):
    """Base of all errors raised on purpose; the command line prints them without a traceback."""


class ConfigError(EvoApproxNASError, ValueError):
    """A configuration key or value that cannot be used."""


class UnknownNameError(EvoApproxNASError, LookupError):
    """A name that is not registered: a multiplier, data set, objective, kernel, layer, ..."""


class NetlistError(EvoApproxNASError, ValueError):
    """A circuit description that is not a well-formed combinational netlist."""


class MultiplierError(EvoApproxNASError, ValueError):
    """A multiplier table or library entry that cannot be used."""


class DatasetError(EvoApproxNASError, ValueError):
    """A data set that is missing, unreadable or of the wrong shape."""


class MeasurementError(EvoApproxNASError, ValueError):
    """Measurements of a device that say too little, or that are none."""


class QuantizationError(EvoApproxNASError, ValueError):
    """Ranges, codes or layer options that cannot be quantized or emulated."""


class StoreError(EvoApproxNASError, OSError):
    """A run folder or database that cannot be read or written."""


class EnvironmentBroken(EvoApproxNASError, RuntimeError):
    """This machine cannot evaluate any candidate: a package, disk space or the like is missing."""


class TaskError(EvoApproxNASError, TypeError):
    """Work that cannot be sent to a worker, or what comes back that cannot be read."""


class NothingFound(EvoApproxNASError, RuntimeError):
    """A campaign that went to its end without a single candidate that has figures."""


class CandidateError(EvoApproxNASError):
    """What is wrong with one candidate; the campaign records it and goes on."""


class NetworkRejected(CandidateError, ValueError):
    """A genotype whose network breaks a limit, found before any training."""


class TrainingDiverged(CandidateError, ArithmeticError):
    """Training produced a loss that is not finite."""


def command(*words: object, **options: object) -> str:
    """Return a command line of this package that a shell understands as it is.

    Args:
        words: command and arguments.
        options: value by name (`runs_dir` is --runs-dir); None and the default folder of runs are
            left out.
    """
    parts = ["python", "-m", "evoapproxnas", *map(str, words)]
    for name, value in options.items():
        if value is not None and (name, str(value)) != ("runs_dir", "runs"):
            parts += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(parts)


def unknown_name(kind: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """Build the error for an unregistered name, with the nearest known names.

    Args:
        kind: what the name denotes, in words ("multiplier", "data set").
        name: the name received, or whatever came in its place.
        known: the names that would have been accepted.
    """
    choices = sorted(known)
    return UnknownNameError(f"unknown {kind} {name!r:.200}; {did_you_mean(name, choices)}")


def did_you_mean(name: object, known: Iterable[str]) -> str:
    """Say which of `known` is nearest to `name`, or list them all where none is near."""
    choices = list(known)
    near = difflib.get_close_matches(str(name), choices, n=3, cutoff=0.6)
    if near:
        return "did you mean " + " or ".join(repr(n) for n in near) + "?"
    shown = ", ".join(choices[:40]) + (", ..." if len(choices) > 40 else "")
    return f"known: {shown or 'none'}"
