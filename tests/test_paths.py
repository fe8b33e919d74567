from pathlib import Path

import pytest

from evoapproxnas.config import load_config
from evoapproxnas.errors import ConfigError, DatasetError
from evoapproxnas.paths import as_path, expanded
from evoapproxnas.training import load_dataset

NOBODY = "~nobody-of-this-name/data"


def test_homes_are_expanded_where_there_are_some():
    assert expanded("~/data") == Path.home() / "data"
    assert expanded(NOBODY) == Path(NOBODY)


def test_data_in_the_home_of_nobody_are_not_found():
    with pytest.raises(DatasetError, match="nobody-of-this-name"):
        load_dataset(load_config(settings=[f"data.data_dir={NOBODY}"]).data)
    with pytest.raises(DatasetError, match="nobody-of-this-name"):
        load_dataset(load_config(settings=[f"data.dataset={NOBODY}.npz"]).data)


def test_what_is_no_path_is_refused():
    assert as_path("runs", of="a run") == Path("runs")
    with pytest.raises(ConfigError, match="expected the path of a run, got 3"):
        as_path(3, of="a run")
