"""What a campaign asks of Ray; plain data that goes to the gateway and to nodes."""

from dataclasses import dataclass
from typing import Any

from evoapproxnas.executors.messages import Message


@dataclass(frozen=True)
class Limits:
    """The limits of one worker; see `ProcessExecutor`."""

    threads_per_worker: int
    timeout_seconds: float
    memory_gb: float


@dataclass(frozen=True)
class Terms:
    """What a campaign asks of Ray.

    Attributes:
        address: `HOST:PORT` or `auto`; None: a Ray of one's own.
        workers: hosts, over all nodes.
        limits: of each of them.
        prepare: `module:function` that each worker calls first.
        handshake: a task, and the payload that every node must answer with.
        patience_seconds: how long no host may be ready.
    """

    address: str | None
    workers: int
    limits: Limits
    prepare: str | None
    handshake: tuple[Message, Any] | None
    patience_seconds: float
