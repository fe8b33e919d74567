"""The protocol of HELP, and what its authors report.

Lee et al., "HELP: Hardware-adaptive Efficient Latency Prediction for NAS via Meta-Learning",
NeurIPS 2021: latency of networks of NAS-Bench-201 on a device of which ten reference networks are
measured, after learning from 900 networks on each of nine other devices.

The split and the values are quoted from memory of the paper and of its repository. What speaks
for them: the published means follow from the six values, and the six devices, by the rank
correlation of FLOPs with their columns of the table, come in the order of the published ones.
The networks that HELP is scored on are not known here: FLOPs score higher on every device when all
networks count, so the published values are beside ours for orientation.
"""

from collections.abc import Mapping
from dataclasses import dataclass

TEST_DEVICES = ("titan_rtx_256", "gold_6226", "pixel2", "raspi4", "eyeriss", "fpga")

KNOWN_DEVICES = (
    "1080ti_1",
    "1080ti_32",
    "1080ti_256",
    "silver_4114",
    "silver_4210r",
    "samsung_a50",
    "pixel3",
    "essential_ph_1",
    "samsung_s7",
)
"""Those that HELP learns from; it chooses its settings with four more."""

KNOWN_NETWORKS = 900
REFERENCES = 10


@dataclass(frozen=True)
class Published:
    """Rank correlations that the paper reports.

    Attributes:
        method: what predicts.
        measured: networks of the new device that it needs.
        spearman: by device.
    """

    method: str
    measured: int
    spearman: Mapping[str, float]


def _row(method: str, measured: int, *spearman: float) -> Published:
    return Published(method, measured, dict(zip(TEST_DEVICES, spearman, strict=True)))


PUBLISHED = (
    _row("FLOPs", 0, 0.950, 0.826, 0.765, 0.846, 0.437, 0.900),
    _row("BRP-NAS", 900, 0.814, 0.796, 0.666, 0.847, 0.811, 0.801),
    _row("HELP", 10, 0.987, 0.989, 0.802, 0.890, 0.940, 0.985),
)
