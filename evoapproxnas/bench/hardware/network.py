"""ResNet-8 on an accelerator: figures beside a reference, and where its energy goes."""

from dataclasses import dataclass

from evoapproxnas.bench.hardware.references import Reference, bench_workload
from evoapproxnas.hardware.accelerators import Accelerator, Shape, system_cost
from evoapproxnas.hardware.accelerators.description import LEVELS
from evoapproxnas.hardware.zigzag.recorded import MAC_PJ


@dataclass(frozen=True)
class NetworkCompared:
    """A network on an accelerator, with the exact 8-bit multiplier everywhere.

    Attributes:
        accelerator: its name.
        energy_ratio: of memories, analytic to reference, over the layers that the latter knows;
            None where it knows none.
        cycles_ratio: likewise.
        known: how many layers these are.
        layers: how many there are.
        mac_pct: share of multipliers and accumulators in system energy.
        reference_mac_pct: the same with the reference's memories and a MAC of 0.5 pJ, which is
            ZigZag's own on its eyeriss_like; over known layers.
        multiplier_pct: share of multipliers alone.
        register_pct: share of register files.
        buffer_pct: share of buffers.
        dram_pct: share of DRAM.
        system_energy_nj: of an inference.
        multiplier_energy_nj: part of it.
    """

    accelerator: str
    energy_ratio: float | None
    cycles_ratio: float | None
    known: int
    layers: int
    mac_pct: float
    reference_mac_pct: float | None
    multiplier_pct: float
    register_pct: float
    buffer_pct: float
    dram_pct: float
    system_energy_nj: float
    multiplier_energy_nj: float


def compare_network(accelerator: Accelerator, reference: Reference) -> NetworkCompared:
    """Price ResNet-8, and compare what the reference knows of it.

    Args:
        accelerator: that the network runs on.
        reference: what the analytic model is compared with.

    Returns:
        Figures of both, over the layers that the reference knows.
    """
    cost = system_cost(bench_workload(), {}, accelerator)
    layers = cost.layers
    total = cost.energy_nj
    sums = sum(layer.accumulator_nj for layer in layers)
    memories = {kind: sum(layer.memory_nj[kind] for layer in layers) for kind in LEVELS}
    pairs = [(x, reference.figures(Shape.of(x.work), accelerator)) for x in layers]
    known = [(x, theirs) for x, theirs in pairs if theirs is not None]
    energy = sum(theirs.energy_pj for _, theirs in known)
    macs = MAC_PJ * sum(x.work.multiplications for x, _ in known)
    return NetworkCompared(
        accelerator=accelerator.name,
        energy_ratio=sum(x.cost.energy_pj for x, _ in known) / energy if known else None,
        cycles_ratio=(
            sum(x.cost.cycles for x, _ in known) / sum(theirs.cycles for _, theirs in known)
            if known
            else None
        ),
        known=len(known),
        layers=len(layers),
        mac_pct=100 * (cost.multiplier_nj + sums) / total,
        reference_mac_pct=100 * macs / (macs + energy) if known else None,
        multiplier_pct=100 * cost.multiplier_nj / total,
        register_pct=100 * memories["register file"] / total,
        buffer_pct=100 * memories["buffer"] / total,
        dram_pct=100 * memories["dram"] / total,
        system_energy_nj=total,
        multiplier_energy_nj=cost.multiplier_nj,
    )
