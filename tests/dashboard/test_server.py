import socket

import pytest

from evoapproxnas.errors import ConfigError
from tests.dashboard.serving import address_of, listen


def test_a_port_in_use_says_what_to_do():
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"port {port} of 127.0.0.1 is in use.*--port 0"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
def test_an_address_of_another_machine_is_told(host):
    with pytest.raises(ConfigError, match=r"no address.*127\.0\.0\.1"):
        listen(host, 0)


def test_an_address_is_what_a_browser_opens():
    with listen("0.0.0.0", 0) as taken:
        assert address_of(taken) == f"http://127.0.0.1:{taken.getsockname()[1]}"
    if socket.has_ipv6:
        try:
            taken = listen("::1", 0)
        except ConfigError:
            pytest.skip("this machine has no IPv6")
        with taken:
            assert address_of(taken).startswith("http://[::1]:")
