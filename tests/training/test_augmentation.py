import numpy as np
import pytest

from evoapproxnas.training import Augmentation, augment
from evoapproxnas.training.augmentation import alternating_flips


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(1, 256, (40, 8, 8, 3), dtype=np.uint8)


def variants(image, pad, flip, mode="constant"):
    """Every result that the augmentation may give."""
    padded = np.pad(image, ((pad, pad), (pad, pad), (0, 0)), mode=mode)
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
    moved = augment(images, Augmentation(padding_px=pad, flip=flip, fill="zero"), rng)
    assert moved.dtype == np.uint8
    for image, result in zip(images, moved, strict=True):
        assert result.tobytes() in set(variants(image, pad, flip))


@pytest.mark.parametrize("flip", [False, True])
def test_every_variant_occurs(images, flip):
    same = np.repeat(images[:1], 2000, axis=0)
    moved = augment(
        same, Augmentation(padding_px=1, flip=flip, fill="zero"), np.random.default_rng(2)
    )
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


@pytest.mark.parametrize(("side", "padding_px"), [(32, 2), (28, 2), (8, 1), (4, 1)])
def test_padding_follows_the_size(side, padding_px):
    assert Augmentation.for_size(side, side, flip=True).padding_px == padding_px


def test_the_image_reflected_may_come_in(images):
    policy = Augmentation(padding_px=2, flip=True, fill="reflect")
    moved = augment(images, policy, np.random.default_rng(1))
    for image, result in zip(images, moved, strict=True):
        assert result.tobytes() in set(variants(image, 2, True, mode="reflect"))


def test_who_is_mirrored_can_be_given(images):
    policy = Augmentation(padding_px=0, flip=True)
    mirrored = np.arange(40) % 3 == 0
    result = augment(images, policy, np.random.default_rng(0), mirrored=mirrored)
    expected = np.where(mirrored[:, None, None, None], images[:, :, ::-1], images)
    np.testing.assert_array_equal(result, expected)


def test_flips_alternate_from_a_random_start():
    first, second, third = (alternating_flips(1000, seed=3, epoch=e) for e in (1, 2, 3))
    assert 400 < first.sum() < 600
    assert (first != second).all()
    assert (first == third).all()
    assert (first != alternating_flips(1000, seed=4, epoch=1)).any()
