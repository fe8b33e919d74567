"""Handwritten digits, 1,797 images of 8x8 pixels, embedded in scikit-learn: works offline.

Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998 (its test
part). Splits: 1,200 training, 247 validation, 350 test images.

The digits fill their frame: moving them by a pixel cuts strokes off. In 10 and 30 epochs, with
Adam and SGD, two small nets were always better without (validation 99.2 against 96.8 % for one,
98.6 against 95.3 % for another, mean of 2 seeds), so they are not augmented.
"""

from pathlib import Path

import numpy as np

from evoapproxnas.training.datasets.source import Images, Source
from evoapproxnas.training.datasets.split import stratified_order

_TEST_IMAGES = 350


def _load(data_dir: Path | None) -> Images:
    from sklearn.datasets import load_digits  # Takes as long as all other imports of a campaign.

    raw = load_digits()
    pixels = np.rint(raw.images * (255 / 16)).astype(np.uint8)
    labels = raw.target.astype(np.int64)
    order = stratified_order(labels)
    test, train = order[:_TEST_IMAGES], order[_TEST_IMAGES:]
    return Images(
        x_train=pixels[train],
        y_train=labels[train],
        x_test=pixels[test],
        y_test=labels[test],
        origin="scikit-learn",
    )


SOURCE = Source(
    name="digits", load=_load, flip=False, crop=False, embedded=True, validation_images=247
)
