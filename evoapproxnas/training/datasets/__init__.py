"""Image data sets by name or by file, with fixed splits.

Adding one takes one file and one registration:

1. `training/datasets/NAME.py` defines `SOURCE = Source(name, load, flip=...)`. `load(data_dir)`
   returns `Images` (raw uint8 arrays) or raises `DatasetError`; `find_or_download` does the
   search for an `.npz` file.
2. `registry.py` lists it in `SOURCES`.

Splitting, subsets, normalization figures and checks are the same for every source.
"""

from evoapproxnas.training.datasets.dataset import Dataset
from evoapproxnas.training.datasets.registry import SOURCES, load_dataset
from evoapproxnas.training.datasets.source import Images, Source

__all__ = ["SOURCES", "Dataset", "Images", "Source", "load_dataset"]
