"""Handwritten digits, 1,797 images of 8x8 pixels, embedded in scikit-learn: works offline.

Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998 (its test
part). Splits: 1,200 training, 247 validation, 350 test images.

The digits fill their frame: moving them by a pixel cuts strokes off. In 10 and 30 epochs, with
Adam and SGD, two small nets were always better without (validation 99.2 against 96.8 % for one,
98.6 against 95.3 % for another, mean of 2 seeds), so they are not augmented.
"""

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evoapproxnas.training.datasets.source import Images, Source
from evoapproxnas.training.datasets.split import stratified_order

_TEST_IMAGES = 350


def _load(data_dir: Path | None) -> Images:
    table = _table()
    pixels = np.rint(table[:, :-1].reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)
    labels = table[:, -1].astype(np.int64)
    order = stratified_order(labels)
    test, train = order[:_TEST_IMAGES], order[_TEST_IMAGES:]
    return Images(
        x_train=pixels[train],
        y_train=labels[train],
        x_test=pixels[test],
        y_test=labels[test],
        origin="scikit-learn",
    )


def _table() -> npt.NDArray[np.float64]:
    """Return the pixels of an image, 0 to 16, and its digit, in each row.

    Importing scikit-learn takes half a second, and nothing else of a campaign's own process needs
    it: the file is read without it, as long as it is where scikit-learn 1.9 has it.
    """
    package = find_spec("sklearn")
    for folder in (package and package.submodule_search_locations) or ():
        file = Path(folder) / "datasets" / "data" / "digits.csv.gz"
        if file.is_file():
            with gzip.open(file, "rt", encoding="utf-8") as lines:
                return np.loadtxt(lines, delimiter=",")
    from sklearn.datasets import load_digits

    found = load_digits()
    return np.column_stack([found.data, found.target])


SOURCE = Source(
    name="digits", load=_load, flip=False, crop=False, embedded=True, validation_images=247
)
