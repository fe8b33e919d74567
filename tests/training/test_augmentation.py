import numpy as np
import pytest

from evoapproxnas.training import Augmentation, augment


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(1, 256, (40, 8, 8, 3), dtype=np.uint8)


def variants(image, pad, flip):
    """Every result that the augmentation may give."""
    padded = np.pad(image, ((pad, pad), (pad, pad), (0, 0)))
    height, width = image.shape[:2]
    for top in range(2 * pad + 1):
        for left in range(2 * pad + 1):
            crop = padded[top : top + height, left : left + width]
            yield crop.tobytes()
            if flip:
                yield crop[:, ::-1].tobytes()


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("pad", [1, 4])
def test_results_are_moved_and_mirrored_images(images, pad, flip):
    rng = np.random.default_rng(1)
    moved = augment(images, Augmentation(padding_px=pad, flip=flip), rng)
    assert moved.dtype == np.uint8
    for image, result in zip(images, moved, strict=True):
        assert result.tobytes() in set(variants(image, pad, flip))


@pytest.mark.parametrize("flip", [False, True])
def test_every_variant_occurs(images, flip):
    same = np.repeat(images[:1], 2000, axis=0)
    moved = augment(same, Augmentation(padding_px=1, flip=flip), np.random.default_rng(2))
    assert {m.tobytes() for m in moved} == set(variants(images[0], 1, flip))


def test_depends_on_the_generator_only(images):
    policy = Augmentation(padding_px=2, flip=True)
    first, again, other = (augment(images, policy, np.random.default_rng(s)) for s in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_the_input_is_left_alone(images):
    before = images.copy()
    images.setflags(write=False)
    augment(images, Augmentation(padding_px=2, flip=True), np.random.default_rng(0))
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize(("side", "padding_px"), [(32, 4), (28, 3), (8, 1), (4, 1)])
def test_padding_follows_the_size(side, padding_px):
    assert Augmentation.for_size(side, side, flip=True).padding_px == padding_px
