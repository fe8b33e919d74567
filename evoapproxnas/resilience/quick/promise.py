"""Which predicted assignments to verify: those that would enlarge the front most."""

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]


def most_promising(
    losses: Values,
    energies: Values,
    known_losses: Values,
    known_energies: Values,
    *,
    count: int,
    max_loss: float,
) -> npt.NDArray[np.intp]:
    """Choose one after another what adds most to the area under the front, by rising energy.

    The area is that of losses below `max_loss` and logarithms of energy below the largest known
    one, so that what halves the energy counts alike everywhere.

    Args:
        losses: predicted, (n,).
        energies: rising, (n,).
        known_losses: of verified assignments, exact 8-bit among them, (k,).
        known_energies: likewise.
        count: at most so many.
        max_loss: more is of no use.

    Returns:
        Positions, at most `count`: what adds nothing is not chosen.
    """
    edges = np.log(np.append(energies, known_energies.max()).clip(1e-30))
    widths = np.maximum(np.diff(edges), 0.0)
    covered = np.full(len(energies), max_loss)
    for loss, energy in zip(known_losses, known_energies, strict=True):
        covered = np.where(energies >= energy, np.minimum(covered, loss), covered)
    chosen: list[int] = []
    after = np.triu(np.ones((len(energies), len(energies)), bool))
    for _ in range(count):
        gains = np.where(after, np.maximum(covered - losses[:, None], 0.0), 0.0) @ widths
        if not len(gains) or not gains.max() > 0:
            break
        best = int(gains.argmax())
        chosen.append(best)
        covered = np.where(after[best], np.minimum(covered, losses[best]), covered)
    return np.sort(np.array(chosen, np.intp))
