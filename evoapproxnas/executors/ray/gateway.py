"""The process that speaks to Ray for a campaign.

Messages to it are ("submit", ticket, task) and ("cancel", ticket, None); from it come ("ready",
0, None), ("outcome", ticket, answer), ("note", 0, text), ("alive", 0, None) in any case every few
seconds, as calls of Ray may never return, and at the end ("error", 0, error).
"""

import contextlib
import logging
import os
import queue
import sys
import threading
import time
from multiprocessing.connection import Connection
from typing import Any

import ray

from evoapproxnas.errors import EnvironmentBroken, EvoApproxNASError
from evoapproxnas.executors.guard import one_line
from evoapproxnas.executors.messages import error_message
from evoapproxnas.executors.ray.crew import Crew, knock
from evoapproxnas.executors.ray.terms import Terms

_TURN_SECONDS = 0.2
_ALIVE_SECONDS = 2.0
_ENDING_SECONDS = 10.0
"""How long Ray may take to end once the campaign is gone."""
_OBJECTS_BYTES = 256 * 2**20
"""Memory for what travels, of a Ray of one's own."""

Order = tuple[str, int, Any]


def serve(pipe: Connection, terms: Terms) -> None:
    """Connect to Ray and work on tasks until the pipe closes.

    Args:
        pipe: to the executor.
        terms: what the campaign asks for.
    """
    orders: queue.Queue[Order | None] = queue.Queue()
    threading.Thread(target=_listen, args=(pipe, orders), daemon=True).start()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # The campaign is gone.
        try:
            connect(terms)
            crew = Crew(terms, lambda text: pipe.send(("note", 0, text)))
            pipe.send(("ready", 0, None))
            _work(pipe, orders, crew)
        except EvoApproxNASError as error:
            pipe.send(("error", 0, error_message(error)))
        finally:
            ray.shutdown()


def connect(terms: Terms) -> None:
    """Connect to the Ray at the address, or start one with a CPU for every thread.

    Raises:
        EnvironmentBroken: if none answers, or it is another version.
    """
    sys.argv[:1] = [""]  # Ray has workers search its folder for modules: `-m` makes it our own.
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    try:
        if terms.address is None:
            cpus = terms.workers * terms.limits.threads_per_worker
            ray.init(
                "local", num_cpus=cpus, include_dashboard=False,
                object_store_memory=_OBJECTS_BYTES, **quiet,
            )  # fmt: skip
            return
        _check_address(terms.address)
        ray.init(terms.address, **quiet)
    except (OSError, RuntimeError, ValueError) as error:
        where = "here" if terms.address is None else f"at {terms.address}"
        raise EnvironmentBroken(
            f"cannot use a Ray {where}: {one_line(error)}; start one with `ray start --head`, "
            "join it on this machine with `ray start --address=HOST:PORT`, and give that as "
            "--ray-address; then resume: nothing that was evaluated is lost"
        ) from error


def _check_address(address: str) -> None:
    """See that something listens there: Ray itself would try for more than a minute.

    Raises:
        OSError: if nothing does.
        ValueError: if that is no address.
    """
    if address == "auto":
        return
    host, colon, port = address.rpartition(":")
    if not (host and colon and port.isdecimal()) or "/" in address:
        raise ValueError(f"expected HOST:PORT or auto, got {address!r}")
    knock(address)


def _work(pipe: Connection, orders: "queue.Queue[Order | None]", crew: Crew) -> None:
    told = time.monotonic()
    while True:
        if time.monotonic() - told > _ALIVE_SECONDS:
            pipe.send(("alive", 0, None))
            told = time.monotonic()
        with contextlib.suppress(queue.Empty):
            while True:
                order = orders.get_nowait()
                if order is None:
                    return
                word, ticket, task = order
                if word == "submit":
                    crew.submit(ticket, task)
                else:
                    crew.cancel(ticket)
        for ticket, answer in crew.turn(_TURN_SECONDS):
            pipe.send(("outcome", ticket, answer))


def _listen(pipe: Connection, orders: "queue.Queue[Order | None]") -> None:
    """Take orders while others are worked on, so that neither side waits for the other to read."""
    try:
        while True:
            orders.put(pipe.recv())
    except (EOFError, OSError):
        orders.put(None)
    # Where Ray itself does not answer any more, this process ends all the same.
    ending = threading.Timer(_ENDING_SECONDS, os._exit, (1,))
    ending.daemon = True
    ending.start()
