import pytest

from evoapproxnas.dashboard.guard import is_trusted, own_names
from tests.dashboard import serving

assert serving


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8090", "localhost", "LOCALHOST:1", "[::1]:8090", "10.1.2.3:80", "box.lan:8090"],
)
def test_addresses_and_own_names_are_trusted(host):
    assert is_trusted(host, own_names("box.lan"))


@pytest.mark.parametrize(
    "host",
    ["", "evil.example", "127.0.0.1.evil.example:8090", "localhost.evil.example", "[evil]:80"],
)
def test_domains_of_strangers_are_not(host):
    assert not is_trusted(host, own_names("127.0.0.1"))
