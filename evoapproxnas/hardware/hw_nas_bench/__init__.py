"""What the networks of NAS-Bench-201 cost on devices, without the files of HW-NAS-Bench.

    query(0, "cifar10")["eyeriss_latency"]          3.64562 ms; no data needed
    query(0, "cifar10", devices=["raspi4"])         from the table that a user brings
    query(0, "cifar10", original="HW-NAS-...pickle") from the file of HW-NAS-Bench

- `cells`: the 15,625 networks by operations, number and architecture string.
- `linear`: Eyeriss and FPGA, by 16 constants.
- `table`: ONE reader of the figures that a user brings.
- `original`: the pickle of HW-NAS-Bench, of which nothing is run.
- `costs`: all of these together, with what is known of each figure.
- `query`: one network.

Latencies near zero on a Raspberry Pi 4 and a Pixel 3 (0.003 - 0.011 ms) are of cells whose output
is disconnected: their runtimes remove what is not used.
"""

from evoapproxnas.hardware.hw_nas_bench.costs import DATASETS, Cost, costs_of
from evoapproxnas.hardware.hw_nas_bench.original import OriginalBench, load_original
from evoapproxnas.hardware.hw_nas_bench.query import Answer, NetworkCost, query
from evoapproxnas.hardware.hw_nas_bench.table import NasBench201, load_table

__all__ = [
    "DATASETS",
    "Answer",
    "Cost",
    "NasBench201",
    "NetworkCost",
    "OriginalBench",
    "costs_of",
    "load_original",
    "load_table",
    "query",
]
