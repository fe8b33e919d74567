"""An objective of one's own: the delay of the slowest multiplier, which bounds the clock.

An objective is a value: name, direction, unit, whether it needs training, and a function of a
network with its multipliers. Here it is registered in this process alone, which is why the search
evaluates inline. Workers, on this machine or elsewhere, find it by an entry point of a package:

    [project.entry-points."evoapproxnas.objectives"]
    slowest_ns = "my_package.slowest:SLOWEST"
"""

from typing import Any

import evoapproxnas as ea
from evoapproxnas.errors import MultiplierError
from evoapproxnas.objectives import OBJECTIVES, Objective, Subject


def slowest_ns(subject: Subject) -> float:
    """Return the longest critical path of all multipliers of a network, ns.

    Raises:
        MultiplierError: if the delay of one is not known.
    """
    delays = []
    for name in subject.network.assignment.values():
        choice = ea.MultiplierChoice.of(name, library=subject.library)
        if choice.multiplier.delay_ns is None:
            raise MultiplierError(f"the delay of {name!r} is not known; give delay_ns")
        delays.append(choice.multiplier.delay_ns)
    return max(delays)


SLOWEST = Objective("slowest_ns", "min", "ns", "cheap", slowest_ns)


def main(**sections: Any) -> ea.Run:
    """Search accurate networks of fast multipliers.

    Args:
        **sections: more of the configuration, as `ea.search` takes it.
    """
    OBJECTIVES[SLOWEST.name] = SLOWEST
    asked = {"objectives": ["error", SLOWEST.name]} | sections.pop("search", {})
    run = ea.search(search=asked, **({"execution": {"executor": "inline"}} | sections))
    print(run.front()[["id", "error", SLOWEST.name, "energy_nj"]])
    return run


if __name__ == "__main__":
    main()
