"""Random numbers that depend only on where in a run they are used.

Every generator is derived from (run seed, generation, index, purpose), so one worker, four
workers, and a run that was killed and resumed draw the same numbers.
"""

import zlib

import numpy as np


def sequence(run_seed: int, generation: int, index: int, purpose: str) -> np.random.SeedSequence:
    """Derive the seed sequence of one use of randomness.

    Args:
        run_seed: the seed of the run, not negative.
        generation: generation number, 0 for the initial population.
        index: position within the generation.
        purpose: what the numbers are for ("mutation", "training", ...).
    """
    entropy = (run_seed, generation, index, zlib.crc32(purpose.encode()))
    return np.random.SeedSequence(entropy)


def generator(run_seed: int, generation: int, index: int, purpose: str) -> np.random.Generator:
    """Return NumPy's default generator for one use of randomness; see `sequence`."""
    return np.random.default_rng(sequence(run_seed, generation, index, purpose))


def integer(run_seed: int, generation: int, index: int, purpose: str) -> int:
    """Return a 31-bit seed for libraries that take a plain integer, such as Keras."""
    state = sequence(run_seed, generation, index, purpose).generate_state(1, np.uint32)
    return int(state[0] >> 1)
