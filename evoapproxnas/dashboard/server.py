"""A port, and serving on it until somebody ends it."""

import errno
import socket

import uvicorn
from starlette.types import ASGIApp

from evoapproxnas.errors import ConfigError, EnvironmentBroken

_GRACE_SECONDS = 2
"""That what is being answered has when the server is ended."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens to a port.

    Args:
        host: name or address of this machine.
        port: 0 takes any free one.

    Raises:
        ConfigError: if another program has it, or there is no such address here.
        EnvironmentBroken: if this user may not take it.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family)
    except socket.gaierror as error:
        raise ConfigError(
            f"{host!r} is no address of this machine ({error.strerror}); 127.0.0.1 is for this "
            "machine alone, 0.0.0.0 for all that reach it"
        ) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(
                f"port {port} of {host} is in use, perhaps by another dashboard; end that, or "
                f"choose another one: --port {port + 1 if port < 65535 else 0}, or --port 0 for "
                "any that is free"
            ) from None
        if error.errno == errno.EADDRNOTAVAIL:
            raise ConfigError(
                f"this machine has no address {host}; 127.0.0.1 is for this machine alone, "
                "0.0.0.0 for all that reach it"
            ) from None
        raise EnvironmentBroken(
            f"cannot listen on port {port} of {host}: {error.strerror}; choose a --port of 1024 "
            "or above"
        ) from None


def address_of(taken: socket.socket) -> str:
    """Return what a browser opens."""
    host, port = taken.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - it is compared
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def serve(app: ASGIApp, taken: socket.socket) -> None:
    """Answer until the process is told to end; SIGINT raises KeyboardInterrupt after that.

    Args:
        app: that answers.
        taken: the port, of `listen`.
    """
    config = uvicorn.Config(
        app,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[taken])
