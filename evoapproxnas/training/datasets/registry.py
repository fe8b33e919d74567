"""The registered data sets, and how a name in the configuration becomes a `Dataset`."""

from pathlib import Path

from evoapproxnas.config import DataConfig
from evoapproxnas.errors import DatasetError, unknown_name
from evoapproxnas.files import data_folders
from evoapproxnas.paths import expanded
from evoapproxnas.training.datasets import cifar10, digits, fashion_mnist
from evoapproxnas.training.datasets.dataset import Dataset, build_dataset
from evoapproxnas.training.datasets.npz import read_npz
from evoapproxnas.training.datasets.source import Source

SOURCES = {s.name: s for s in (digits.SOURCE, cifar10.SOURCE, fashion_mnist.SOURCE)}


def load_dataset(config: DataConfig) -> Dataset:
    """Load the configured data set: a registered name, or the path of an `.npz` file.

    A file is looked for as given, then in the data folders; in `data_dir` alone where that is
    named. It holds x_train, y_train, x_test, y_test, as svhn_cropped and the Keras sets are
    commonly stored. Its images are cropped at random but not flipped, as a mirrored digit is
    another digit.

    Args:
        config: section `data`.

    Raises:
        UnknownNameError: for a name that is neither registered nor an `.npz` file.
        DatasetError: if the data cannot be found or read, or are fewer than asked for.
    """
    data_dir = expanded(config.data_dir) if config.data_dir else None
    if data_dir is not None and not data_dir.is_dir():
        raise DatasetError(
            f"the data folder {str(data_dir)!r} does not exist; name another one with --data-dir, "
            "or none for a data set that is embedded"
        )
    source = SOURCES.get(config.dataset)
    if source is None:
        if not config.dataset.endswith(".npz"):
            raise unknown_name("data set (or path of an .npz file)", config.dataset, SOURCES)
        path = expanded(config.dataset)
        source = Source(
            name=path.stem, load=lambda folder: read_npz(_find(path, folder)), flip=False
        )
    return build_dataset(source, source.load(data_dir), config)


def _find(path: Path, data_dir: Path | None) -> Path:
    folders = [folder / path for folder in data_folders(data_dir)]
    candidates = folders if data_dir else [path, *folders]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    looked = ", ".join(str(c.absolute()) for c in dict.fromkeys(candidates))
    raise DatasetError(f"data set file {str(path)!r} not found; looked for {looked}")
