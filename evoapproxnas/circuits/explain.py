"""What a circuit is made of: cells by kind, the critical path, where the power goes."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from evoapproxnas.circuits.cells import cells_45nm
from evoapproxnas.circuits.cost import CircuitCost, circuit_cost, power_by_net_uw
from evoapproxnas.circuits.netlist import FIRST_INPUT, Netlist
from evoapproxnas.circuits.operands import OperandDistribution


@dataclass(frozen=True)
class KindReport:
    """All cells of one kind together."""

    kind: str
    count: int
    area_um2: float
    power_uw: float


@dataclass(frozen=True)
class PathStep:
    """One cell of the critical path: the net it settles, in ns after the operands changed."""

    net: str
    kind: str
    arrival_ns: float


@dataclass(frozen=True)
class CircuitReport:
    """A circuit explained; `kinds` by falling power, `critical_path` from operand to product.

    `cost` is under uniform operands, the power in `kinds` under those given.
    """

    cost: CircuitCost
    kinds: tuple[KindReport, ...]
    critical_path: tuple[PathStep, ...]


def explain_circuit(
    netlist: Netlist, operands: OperandDistribution | None = None
) -> CircuitReport:
    """Explain an 8x8-bit multiplier.

    Args:
        netlist: the circuit.
        operands: how often codes occur, for the power by kind; uniform by default.

    Raises:
        NetlistError: if the circuit does not have 16 inputs and 16 outputs.
    """
    power = power_by_net_uw(netlist, operands)
    power_of: dict[str, float] = defaultdict(float)
    for cell, nets in netlist.driven_cells():
        power_of[cell.kind] += float(power[nets].sum())
    counts: Counter[str] = netlist.kinds()
    cells = cells_45nm().cells
    kinds = [
        KindReport(kind, count, count * cells[kind].area_um2, power_of[kind])
        for kind, count in counts.items()
    ]
    kinds.sort(key=lambda report: -report.power_uw)
    return CircuitReport(circuit_cost(netlist), tuple(kinds), critical_path(netlist))


def critical_path(netlist: Netlist) -> tuple[PathStep, ...]:
    """Return the slowest path, from an input to the output bit that settles last."""
    cells = cells_45nm().cells
    arrival = [0.0] * netlist.net_count
    driver: dict[int, tuple[str, int]] = {}
    for cell, nets in netlist.driven_cells():
        latest = max(cell.inputs, key=lambda net: arrival[net])
        for net in nets:
            arrival[net] = arrival[latest] + cells[cell.kind].delay_ns
            driver[net] = (cell.kind, latest)
    net = max(netlist.outputs, key=lambda output: arrival[output])
    steps = []
    while net in driver:
        kind, before = driver[net]
        steps.append(PathStep(net_name(net), kind, arrival[net]))
        net = before
    steps.append(PathStep(net_name(net), "input", 0.0))
    return tuple(reversed(steps))


def net_name(net: int) -> str:
    """Return what a net of a multiplier is called in the Verilog of this package."""
    if net < FIRST_INPUT:
        return f"1'b{net}"
    port, bit = divmod(net - FIRST_INPUT, 8)
    return f"{'AB'[port]}[{bit}]" if port < 2 else f"n{net}"
