"""What runs on a node: a Ray actor with one local worker process, which does the work.

The actor itself imports nothing that a task needs, holds little memory and does not go down with
a task. Where it is lost, its machine is, or somebody ended it.
"""

from evoapproxnas.errors import EvoApproxNASError
from evoapproxnas.executors.messages import Message, error_message, message_of, task_of
from evoapproxnas.executors.processes import ProcessExecutor
from evoapproxnas.executors.ray.terms import Limits
from evoapproxnas.executors.ray.versions import versions


class Host:
    """One worker on some node."""

    def __init__(self, limits: Limits, prepare: str | None) -> None:
        """Start the worker.

        Args:
            limits: its limits.
            prepare: `module:function` that it calls first.
        """
        self._pool = ProcessExecutor(
            workers=1,
            threads_per_worker=limits.threads_per_worker,
            timeout_seconds=limits.timeout_seconds,
            memory_gb=limits.memory_gb,
            prepare=prepare,
        )
        self._pool.start()

    def introduce(self) -> dict[str, str]:
        """Return this node's versions."""
        return versions()

    def work(self, message: Message) -> Message:
        """Let the worker do a task, and return what came of it."""
        try:
            ((_, outcome),) = self._pool.run([task_of(message)])
        except EvoApproxNASError as error:
            return error_message(error)
        return message_of(outcome)
