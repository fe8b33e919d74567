"""The live view: runs and studies in a browser, while they grow; the parts are those of a report.

    places     which runs and studies there are, each in a folder of its own; nothing else is read
    shelf      what was read of them, and read again only once it changed
    beside     what a page shows of several
    listing    the rows of the list
    app        what is answered to which request
    guard      who is answered at all, and what a page may do
    server     a port, and serving on it until somebody ends it

It writes nothing, and takes no lock. A page asks every second whether anything changed, as long as
somebody looks at it; then the files' sizes and times are looked at, and nothing is opened.

Needs the extra `dashboard`.
"""

from evoapproxnas.dashboard.app import make_app
from evoapproxnas.dashboard.places import Places
from evoapproxnas.dashboard.server import listen, serve
from evoapproxnas.dashboard.shelf import Shelf

__all__ = ["Places", "Shelf", "listen", "make_app", "serve"]
