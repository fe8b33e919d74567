import pytest

from evoapproxnas.circuits.netlist_text import netlist_text
from evoapproxnas.config.loading import read_toml
from evoapproxnas.errors import ConfigError
from evoapproxnas.files import read_json, read_text


def test_a_byte_order_mark_is_no_content(tmp_path):
    """Editors of Windows write one."""
    path = tmp_path / "file"
    for text, read in (
        ("seed = 3\r\n", lambda: read_toml(path) == {"seed": 3}),
        ('{"seed": 3}', lambda: read_json(path) == {"seed": 3}),
        ("\ufeff", lambda: read_text(path) == "\ufeff"),
        ("module m;", lambda: netlist_text(path) == "module m;"),
    ):
        path.write_text(text, "utf-8-sig")
        assert read()


def test_what_is_no_text_says_so(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(ConfigError, match="cannot read .*file: .*decode"):
        read_text(path, error=ConfigError)
    with pytest.raises(ConfigError, match="cannot read .*: Is a directory"):
        read_text(tmp_path, error=ConfigError)
