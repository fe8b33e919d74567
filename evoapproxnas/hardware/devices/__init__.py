"""What networks take on a device that nobody has a table of, from few measurements.

    networks = reference_networks()                 ten cells to measure
    table = LatencyTable.fit(networks, milliseconds)
    table.predict(["|nor_conv_3x3~0|+..."])         ms; table.save("my_device.json")
    known = KnownDevices.learn(cells, milliseconds)  of other devices
    known.predict(networks, milliseconds)           all 15,625 cells

- `counts`: what latency is predicted from: how often a network has which operation.
- `references`: which networks to measure.
- `measurements`, `measurement_file`: latencies, checked, and the file that a user fills in.
- `latency_table`: the new device alone.
- `transfer`: with the help of other devices.
- `ranks`, `analysis`: how far devices and simple figures agree about networks.
"""

from evoapproxnas.hardware.devices.analysis import DeviceAnalysis, analyse_devices
from evoapproxnas.hardware.devices.latency_table import LatencyTable
from evoapproxnas.hardware.devices.references import reference_networks
from evoapproxnas.hardware.devices.transfer import KnownDevices

__all__ = [
    "DeviceAnalysis",
    "KnownDevices",
    "LatencyTable",
    "analyse_devices",
    "reference_networks",
]
