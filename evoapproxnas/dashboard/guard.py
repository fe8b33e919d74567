"""Who is answered, and what a page may do.

A page of a stranger, open in the same browser, may name this server by a domain of its own whose
address it changed to ours (DNS rebinding), and would then read it as its own. So only requests by
address, or by a name of this machine, are answered. A page may run our scripts and ask us, nothing
else; whatever names of runs say, they are text.
"""

import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Plotly.js sets styles; it needs no other liberty."""
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def own_names(host: str) -> frozenset[str]:
    """Return names that this machine is called by.

    Args:
        host: that was asked for.
    """
    return frozenset(name.lower() for name in ("localhost", host, socket.gethostname()) if name)


def is_trusted(host: str, names: Collection[str]) -> bool:
    """Whether a request to a host is for us, and not for a stranger's domain.

    Args:
        host: header of the request, with or without a port.
        names: of this machine, in lower case; addresses are always its own.
    """
    name = host.strip().lower()
    if name.startswith("["):
        name = name[1:].partition("]")[0]
    elif name.count(":") == 1:
        name = name.partition(":")[0]
    if name.removesuffix(".") in names:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """Answers whom it trusts, and sends along what a page may do."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        """Guard an application that is reached by these names."""
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        app = self._app
        host = Headers(scope=scope).get("host", "")
        if not is_trusted(host, self._names):
            app = PlainTextResponse(
                f"{host[:200]!r} is no name of this machine; open the address that the dashboard "
                "printed, or start it with --host NAME\n",
                status_code=421,
            )
        await app(scope, receive, _with_headers(send))


def _with_headers(
    send: Send,
) -> Callable[[MutableMapping[str, Any]], Awaitable[None]]:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_HEADERS)
        await send(message)

    return sending
