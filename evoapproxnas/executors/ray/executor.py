"""The campaign's end of Ray: sends tasks to the gateway and takes outcomes from it."""

import contextlib
import logging
import multiprocessing as mp
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from evoapproxnas.errors import EnvironmentBroken
from evoapproxnas.executors.base import Executor, Outcome
from evoapproxnas.executors.envelope import Task, name_of
from evoapproxnas.executors.messages import Message, outcome_of, task_message, work
from evoapproxnas.executors.ray.process import open_gateway
from evoapproxnas.executors.ray.terms import Limits, Terms
from evoapproxnas.executors.worker import log_tail
from evoapproxnas.records import Failure

_log = logging.getLogger("evoapproxnas")

ADDRESS_VARIABLE = "RAY_ADDRESS"
_SILENCE_SECONDS = 120.0
"""Longer than Ray takes to start on a busy machine, or than it may be silent afterwards."""
_CLOSE_SECONDS = 10.0


class RayExecutor(Executor):
    """Workers on the nodes of a Ray cluster.

    Args:
        address: `HOST:PORT` of the cluster, of which this machine is a node, or `auto`; None: what
            RAY_ADDRESS says, or else a Ray on this machine that lives as long as the executor.
        workers: number of workers, over all nodes; those that there is no room for join later.
        threads_per_worker: CPUs that one takes, and threads its numeric libraries may use.
        timeout_seconds: wall-clock limit of one task.
        memory_gb: resident memory limit of one worker, GiB.
        log: file that takes what Ray prints here; None: kept aside, and quoted in errors.
        prepare: importable function that every worker calls before its first task.
        handshake: a quick task that every node must answer as this machine does.
        patience_seconds: how long no worker may be ready before that is an error.
    """

    def __init__(
        self,
        *,
        address: str | None = None,
        workers: int,
        threads_per_worker: int,
        timeout_seconds: float,
        memory_gb: float,
        log: Path | None = None,
        prepare: Callable[[], None] | None = None,
        handshake: Task | None = None,
        patience_seconds: float = 300.0,
    ) -> None:
        """Remember what to ask for; Ray is connected to with `start` or the first task.

        Raises:
            EnvironmentBroken: if Ray is not installed.
        """
        if find_spec("ray") is None:
            raise EnvironmentBroken(
                "executor 'ray' needs Ray; install it with: pip install 'evoapproxnas[ray]', or "
                "choose executor 'processes'"
            )
        self._handshake = handshake
        self._terms = Terms(
            address=address or os.environ.get(ADDRESS_VARIABLE) or None,
            workers=workers,
            limits=Limits(threads_per_worker, timeout_seconds, memory_gb),
            prepare=None if prepare is None else name_of(prepare),
            handshake=None,
            patience_seconds=patience_seconds,
        )
        self._log = log
        self._folder: Path | None = None
        self._tickets = count()
        self._tasks: dict[int, Message] = {}
        self._gateway: BaseProcess | None = None
        self._pipe: Connection | None = None

    def start(self) -> None:
        """Connect to Ray and start workers, while the caller does other things."""
        self._connected()

    def submit(self, task: Task) -> int:
        """Take a task on; see `Executor.submit`."""
        ticket, message = next(self._tickets), task_message(task)
        self._tasks[ticket] = message
        self._send("submit", ticket, message)
        return ticket

    def completed(self) -> Iterator[tuple[int, Outcome]]:
        """Yield outcomes as they come; see `Executor.completed`."""
        while self._tasks:
            word, ticket, content = self._receive()
            if word == "outcome" and self._tasks.pop(ticket, None) is not None:
                yield ticket, outcome_of(content)

    def cancel(self, ticket: int) -> None:
        """Drop a task; a worker that is at it is ended."""
        if self._tasks.pop(ticket, None) is not None:
            self._send("cancel", ticket, None)

    def close(self) -> None:
        """End all workers, and the Ray that was started for them."""
        self._tasks.clear()
        self._disconnect()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _output(self) -> Path:
        """Return the file that takes what Ray prints; without one of the caller's, it is aside."""
        if self._log is not None:
            return self._log
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="evoapproxnas-"))
        return self._folder / "ray.log"

    def _connected(self) -> Connection:
        """Return the pipe to the gateway; a new one gets all tasks that are outstanding."""
        if self._pipe is not None:
            return self._pipe
        terms = self._terms_with_handshake()
        context = mp.get_context("spawn")
        self._pipe, there = context.Pipe()
        self._gateway = context.Process(
            target=open_gateway, args=(there, self._output(), terms), daemon=True
        )
        self._gateway.start()
        there.close()
        for ticket, message in self._tasks.items():
            self._send("submit", ticket, message)
        return self._pipe

    def _receive(self) -> tuple[str, int, Any]:
        """Wait for a message; notes go to the log.

        Raises:
            EvoApproxNASError: if the gateway gave up, or died.
        """
        pipe = self._connected()
        if not pipe.poll(_SILENCE_SECONDS):
            raise self._broken(f"{{ray}} did not answer in {_SILENCE_SECONDS:g} s")
        try:
            word, ticket, content = pipe.recv()
        except (EOFError, OSError):  # The latter where it ended in the middle of a message.
            raise self._broken("the connection to {ray} was lost") from None
        if word == "note":
            _log.warning(content)
        elif word == "error":
            self._disconnect()
            outcome_of(content)
        return word, ticket, content

    def _send(self, word: str, ticket: int, content: Message | None) -> None:
        """Send an order; that the gateway is dead shows when its answer is waited for."""
        if self._pipe is not None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._pipe.send((word, ticket, content))

    def _terms_with_handshake(self) -> Terms:
        if self._handshake is None:
            return self._terms
        message = task_message(self._handshake)
        expected = outcome_of(work(message))
        if isinstance(expected, Failure):
            raise EnvironmentBroken(f"nothing can be evaluated here: {expected.reason}")
        return replace(self._terms, handshake=(message, expected.payload))

    def _broken(self, what: str) -> EnvironmentBroken:
        tail = log_tail(self._output())
        self._disconnect(patience_seconds=0.0)
        where = f"the Ray at {self._terms.address}" if self._terms.address else "Ray"
        return EnvironmentBroken(
            f"{what.format(ray=where)}; is its head node gone, or is that no Ray? See that it "
            f"runs, then resume: nothing that was evaluated is lost:\n{tail}"
        )

    def _disconnect(self, *, patience_seconds: float = _CLOSE_SECONDS) -> None:
        """End the gateway, which ends the workers and a Ray of its own."""
        if self._pipe is None or self._gateway is None:
            return
        self._pipe.close()
        self._gateway.join(patience_seconds)
        self._gateway.kill()
        self._gateway.join()
        self._pipe = self._gateway = None
