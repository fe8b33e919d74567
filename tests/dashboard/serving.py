"""A dashboard that answers, in a thread; tests that import this need the extra."""

import json
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

uvicorn = pytest.importorskip("uvicorn", reason="needs uvicorn: pip install '.[dashboard]'")
pytest.importorskip("starlette", reason="needs Starlette: pip install '.[dashboard]'")

from evoapproxnas.dashboard import Places, Shelf, listen, make_app  # noqa: E402
from evoapproxnas.dashboard.guard import own_names  # noqa: E402
from evoapproxnas.dashboard.server import address_of  # noqa: E402


@contextmanager
def served(*roots):
    """Serve folders; the address."""
    app = make_app(Shelf(Places(roots), rest=0, first_seconds=600), own_names("127.0.0.1"))
    with listen("127.0.0.1", 0) as taken:
        config = uvicorn.Config(app, loop="asyncio", http="h11", ws="none", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        try:
            yield address_of(taken)
        finally:
            server.should_exit = True
            thread.join()


def answer(address, **headers):
    """Status, headers and content of a request."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(address, headers=named)
    try:
        with urllib.request.urlopen(request, timeout=120) as found:
            return found.status, found.headers, found.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def told(address):
    """JSON of a request."""
    status, _, content = answer(address)
    assert status == 200, content
    return json.loads(content)
