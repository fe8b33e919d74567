"""An executor that holds tasks until a test's own `completed` comes to them."""

from itertools import count

from evoapproxnas.executors import Executor


class HeldTasks(Executor):
    """Keeps what was submitted in `held`, by ticket, in order."""

    def __init__(self):
        self.held = {}
        self._tickets = count()

    def submit(self, task):
        ticket = next(self._tickets)
        self.held[ticket] = task
        return ticket

    def cancel(self, ticket):
        self.held.pop(ticket, None)

    def close(self):
        self.held.clear()
