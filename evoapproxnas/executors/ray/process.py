"""The first steps of the gateway's process, before it imports Ray."""

import os
import secrets
import signal
from multiprocessing.connection import Connection
from pathlib import Path

from evoapproxnas.executors.envelope import find
from evoapproxnas.executors.ray.terms import Terms
from evoapproxnas.executors.worker import redirect_output

_GATEWAY = "evoapproxnas.executors.ray.gateway:serve"
"""Imported here only: the campaign, which imports this module, needs no Ray."""


def open_gateway(pipe: Connection, log: Path, terms: Terms) -> None:
    """Set the process up, then serve.

    Args:
        pipe: to the executor.
        log: file that takes what Ray prints.
        terms: what the campaign asks for.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the campaign's to handle.
    redirect_output(log)
    if terms.address is None:
        _set_up_own_ray()
    find(_GATEWAY)(pipe, terms)


def _set_up_own_ray() -> None:
    """Let a Ray of one's own report to nobody, and obey nobody else.

    Ray reads this once, when it is imported. Without a token in the environment it would make one
    and leave it in the user's home.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if "RAY_AUTH_MODE" not in os.environ:
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
