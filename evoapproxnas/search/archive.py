"""The elitist archive: what nothing else dominates, kept up to date one candidate at a time."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np

from evoapproxnas.pareto import Points, hypervolume, reference_point

Key = TypeVar("Key")


class Archive(Generic[Key]):
    """Non-dominated objective vectors by key; adding costs as much as the front is long.

    Vectors that are equal do not dominate each other.
    """

    def __init__(self, objectives: int) -> None:
        """Start empty."""
        self._keys: list[Key] = []
        self._vectors: Points = np.empty((0, objectives))

    @property
    def keys(self) -> tuple[Key, ...]:
        """The members, in the order in which they came."""
        return tuple(self._keys)

    @property
    def vectors(self) -> Points:
        """Their objective vectors, shape (n, m)."""
        return self._vectors

    def add(self, key: Key, vector: Sequence[float]) -> bool:
        """Take a vector in, unless a member dominates it; members that it dominates leave.

        Returns:
            Whether it is a member now.
        """
        new = np.asarray(vector, dtype=np.float64)
        members = self._vectors
        no_worse, no_better = np.all(members <= new, axis=1), np.all(members >= new, axis=1)
        if np.any(no_worse & ~no_better):
            return False
        stay = np.flatnonzero(no_worse | ~no_better)
        self._keys = [*(self._keys[i] for i in stay), key]
        self._vectors = np.vstack([members[stay], new])
        return True


class Volume:
    """Hypervolume of a growing archive, over a reference that is fixed once."""

    def __init__(self) -> None:
        """Start without a reference."""
        self._reference: Points | None = None

    def measure(self, front: Points, seen: Points) -> float:
        """Hypervolume of a front; 0 as long as nothing was seen.

        Args:
            front: objective vectors, shape (n, m).
            seen: all vectors so far, from which the first call that has any takes the reference.
        """
        if self._reference is None and len(seen):
            self._reference = reference_point(seen)
        return 0.0 if self._reference is None else hypervolume(front, self._reference)
