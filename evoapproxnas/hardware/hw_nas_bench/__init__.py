"""What the networks of NAS-Bench-201 cost on devices, without the files of HW-NAS-Bench.

- `cells`: the 15,625 networks by operations, number and architecture string.
- `table`: ONE reader of the figures that a user brings.
"""

from evoapproxnas.hardware.hw_nas_bench.table import NasBench201, load_table

__all__ = ["NasBench201", "load_table"]
