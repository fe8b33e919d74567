"""The hosts of a campaign as the gateway sees them: who works on what, and what was lost."""

import re
import socket
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import ray
from ray.exceptions import OutOfMemoryError, RayError, RayTaskError

from evoapproxnas.errors import EnvironmentBroken
from evoapproxnas.executors.guard import one_line
from evoapproxnas.executors.messages import Message, message_of, outcome_of
from evoapproxnas.executors.pool import Job
from evoapproxnas.executors.ray.host import Host
from evoapproxnas.executors.ray.terms import Terms
from evoapproxnas.executors.ray.versions import differences, versions
from evoapproxnas.files import told
from evoapproxnas.records import Failure

_KNOCK_SECONDS = 5.0
_FALSE_STARTS = 3
"""Hosts that may be lost one after the other before they were ready."""
_OUT_OF_MEMORY = "running low on memory"
"""What Ray says of an actor that it ended for the node's sake."""
_CAUSE = re.compile(r"The actor (?:is|was) (?:dead|killed) because (.*?)(?:\. |\.$|\n|$)", re.S)


@dataclass
class _Member:
    """A host.

    Attributes:
        actor: Ray's handle.
        answer: reference to the answer that is waited for.
        stage: what that answers.
        job: in progress.
        began: when, on the monotonic clock.
    """

    actor: Any
    answer: Any
    stage: Literal["versions", "handshake", "ready"] = "versions"
    job: Job | None = None
    began: float = 0.0


class Crew:
    """Hosts of the Ray that this process is connected to."""

    def __init__(self, terms: Terms, note: Callable[[str], None]) -> None:
        """Hire all hosts; those that there is no room for join when there is.

        Args:
            terms: what the campaign asks for.
            note: is told of what was lost.
        """
        self._terms, self._note = terms, note
        self._waiting: deque[Job] = deque()
        self._false_starts = 0
        self._last_sign = time.monotonic()
        context = ray.get_runtime_context()
        self._node, self._head = context.get_node_id(), context.gcs_address
        self._members = [self._hire() for _ in range(terms.workers)]

    def submit(self, ticket: int, task: Message) -> None:
        """Take a task on."""
        self._waiting.append(Job(ticket, task))

    def cancel(self, ticket: int) -> None:
        """Drop a task; a host that is at it is replaced."""
        self._waiting = deque(job for job in self._waiting if job.ticket != ticket)
        for member in list(self._members):
            if member.job is not None and member.job.ticket == ticket:
                self._replace(member)

    def turn(self, seconds: float) -> Iterator[tuple[int, Message]]:
        """Hand tasks out, wait so long for answers, and yield (ticket, outcome).

        Raises:
            EnvironmentBroken: if no host can be had, or one is not like this machine.
        """
        self._assign()
        expected = {m.answer: m for m in self._members if m.answer is not None}
        if not expected:
            time.sleep(seconds)
            return
        answered, _ = ray.wait(list(expected), timeout=seconds)
        if not answered:
            self._check_patience()
        for answer in answered:
            outcome = self._hear(expected[answer])
            if outcome is not None:
                yield outcome

    def _hire(self) -> _Member:
        """Ask for a host; it introduces itself where and when there is room for it."""
        limits = self._terms.limits
        options = {"num_cpus": limits.threads_per_worker, "max_restarts": 0, "max_task_retries": 0}
        actor: Any = ray.remote(Host).options(**options).remote(limits, self._terms.prepare)
        return _Member(actor, actor.introduce.remote())

    def _assign(self) -> None:
        for member in self._members:
            if self._waiting and member.stage == "ready" and member.job is None:
                member.job, member.began = self._waiting.popleft(), time.monotonic()
                member.answer = member.actor.work.remote(member.job.task)

    def _hear(self, member: _Member) -> tuple[int, Message] | None:
        """Take an answer; return (ticket, outcome) if it is one."""
        try:
            answer = ray.get(member.answer)
        except RayTaskError as error:
            raise EnvironmentBroken(
                f"a Ray worker cannot work: {one_line(error.as_instanceof_cause())}; is the same "
                "evoapproxnas installed on all nodes?"
            ) from None
        except RayError as error:
            return self._lost(member, error)
        member.answer, self._last_sign, self._false_starts = None, time.monotonic(), 0
        if member.job is not None:
            job, member.job = member.job, None
            return job.ticket, answer
        self._acquaint(member, answer)
        return None

    def _acquaint(self, member: _Member, answer: Any) -> None:
        """Compare a new host with this machine, before it gets work."""
        if member.stage == "versions":
            self._check_same(differences(versions(), answer), "install the same")
            member.stage = "handshake"
            if self._terms.handshake is not None:
                task, _ = self._terms.handshake
                member.answer = member.actor.work.remote(task)
                return
        elif self._terms.handshake is not None:
            _, expected = self._terms.handshake
            outcome = outcome_of(answer)
            if isinstance(outcome, Failure):
                raise EnvironmentBroken(f"a Ray node cannot work: {outcome.reason}")
            self._check_same(differences(expected, outcome.payload), "copy the same files")
        member.stage = "ready"

    def _check_same(self, differing: str, advice: str) -> None:
        if differing:
            raise EnvironmentBroken(
                f"a Ray node differs from this machine: {differing}; {advice} on all nodes, or "
                "leave that node out, then resume: nothing that was evaluated is lost"
            )

    def _lost(self, member: _Member, error: RayError) -> tuple[int, Message] | None:
        """Replace a host, and do its task again, or fail it the second time."""
        self._check_own_node()
        self._replace(member)
        cause, job = _cause(error), member.job
        if job is None:
            self._count_false_start(cause)
            return None
        seconds = time.monotonic() - member.began
        if isinstance(error, OutOfMemoryError) or _OUT_OF_MEMORY in str(error):
            reason = f"Ray ended its worker, as its node ran out of memory: {cause}"
            return job.ticket, message_of(Failure("memory", reason, seconds))
        if job.lost:
            reason = f"its worker was lost, twice: {cause}"
            return job.ticket, message_of(Failure("crashed", reason, seconds))
        self._note(f"a Ray worker was lost, and its task is done again: {cause}")
        self._waiting.appendleft(replace(job, lost=True))
        return None

    def _replace(self, member: _Member) -> None:
        ray.kill(member.actor)
        self._members[self._members.index(member)] = self._hire()

    def _check_own_node(self) -> None:
        try:
            knock(self._head)  # Without a head node most calls of Ray never return.
        except OSError as error:
            raise EnvironmentBroken(
                f"the head node of Ray at {self._head} is gone ({told(error)}); {self._again}"
            ) from None
        if any(node["NodeID"] == self._node and not node["Alive"] for node in ray.nodes()):
            raise EnvironmentBroken(
                "the Ray node that the campaign runs on is gone (its raylet ended, or had no "
                f"processor for half a minute); {self._again}"
            )

    @property
    def _again(self) -> str:
        """How to go on without the Ray that there was; one of the campaign's own is made anew."""
        first = "" if self._terms.address is None else "start Ray again, then "
        return f"{first}resume: nothing that was evaluated is lost"

    def _count_false_start(self, cause: str) -> None:
        self._false_starts += 1
        if self._false_starts >= _FALSE_STARTS:
            raise EnvironmentBroken(
                f"{_FALSE_STARTS} Ray workers were lost one after the other before they were "
                f"ready, the last as {cause}; see Ray's logs, then resume: nothing that was "
                "evaluated is lost"
            )

    def _check_patience(self) -> None:
        """Give up where there is no room for a single host."""
        if any(member.stage != "versions" for member in self._members):
            self._last_sign = time.monotonic()
        if time.monotonic() - self._last_sign < self._terms.patience_seconds:
            return
        there, free = ray.cluster_resources(), ray.available_resources()
        raise EnvironmentBroken(
            f"Ray started no worker in {self._terms.patience_seconds:g} s: one takes "
            f"{self._terms.limits.threads_per_worker} CPUs (execution.threads_per_worker), and "
            f"{free.get('CPU', 0):g} of {there.get('CPU', 0):g} are free; add nodes or ask for "
            "less, then resume"
        )


def knock(address: str) -> None:
    """See that something listens at HOST:PORT.

    Raises:
        OSError: if nothing does.
    """
    host, _, port = address.rpartition(":")
    socket.create_connection((host, int(port)), timeout=_KNOCK_SECONDS).close()


def _cause(error: RayError) -> str:
    """Return why a host was lost, of all that Ray says about it."""
    match = _CAUSE.search(str(error))
    return " ".join(match[1].split()) if match else one_line(error)
