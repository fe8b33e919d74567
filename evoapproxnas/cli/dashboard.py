"""`dashboard`: runs and studies in a browser, while they grow."""

import ipaddress
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from evoapproxnas.cli.output import say
from evoapproxnas.errors import EnvironmentBroken


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(dashboard)


def dashboard(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Folders that hold runs and studies, or are some. [default: runs]",
            show_default=False,
        ),
    ] = None,
    *,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port; 0 takes any that is free.")
    ] = 8090,
    open_: Annotated[
        bool, typer.Option("--open/--no-open", help="Open it in a browser of this machine.")
    ] = False,
) -> None:
    """Show runs and studies in a browser, while campaigns write them.

    A page lists them, follows those that grow, and compares those that are ticked; it has the
    parts of `report`. Nothing is written, and no campaign waits for it. Studies are what `sweep`
    and `assign` leave with -o. There is no password: whoever reaches the address can read.

    Example: python -m evoapproxnas dashboard runs r8/assign --port 8091
    """
    try:
        from evoapproxnas.dashboard import Places, Shelf, listen, make_app, serve
        from evoapproxnas.dashboard.guard import own_names
        from evoapproxnas.dashboard.server import address_of
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("evoapproxnas"):
            raise
        raise EnvironmentBroken(
            f"the dashboard needs {error.name}, which is not installed; install it with: "
            "pip install 'evoapproxnas[dashboard]', or write a page once with: "
            "python -m evoapproxnas report NAME"
        ) from error

    places = Places(runs or [Path("runs")])
    app = make_app(Shelf(places), own_names(host))
    with listen(host, port) as taken:
        address = address_of(taken)
        say(f"{address} shows {', '.join(map(str, places.roots))}; Ctrl-C ends it")
        if not _for_this_machine(taken.getsockname()[0]):
            say("other machines can read it as well: there is no password", style="yellow")
        if open_:
            webbrowser.open(address)
        try:
            serve(app, taken)
        except KeyboardInterrupt:
            say("ended")


def _for_this_machine(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback
