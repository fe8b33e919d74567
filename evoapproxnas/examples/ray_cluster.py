"""A search on a Ray cluster, and the same on this machine: one front, wherever it is evaluated.

Needs `pip install 'evoapproxnas[ray]'`, here and on the other machines. Start Ray on the first
with `ray start --head`, on the others with `ray start --address=HOST:6379`; then give HOST:6379
here. Without an address Ray starts on this machine alone, and ends with the search.
"""

import argparse
from typing import Any

import evoapproxnas as ea


def main(address: str | None = None, *, workers: int = 2, **more: Any) -> ea.Run:
    """Search on the nodes of a cluster.

    Args:
        address: HOST:PORT of its head.
        workers: candidates at a time, on all nodes together.
        **more: name of the run, and sections of the configuration, as `ea.search` takes them.
    """
    execution: dict[str, Any] = {"executor": "ray", "workers": workers}
    if address is not None:
        execution["ray_address"] = address
    run = ea.search(execution=execution, **more)
    print(run)
    print(run.front())
    return run


# Workers are processes of their own, which must not search as well when they import this file.
if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address", nargs="?", help="HOST:PORT of the head of a cluster")
    parser.add_argument("--workers", type=int, default=2, help="candidates at a time")
    given = parser.parse_args()
    main(given.address, workers=given.workers)
