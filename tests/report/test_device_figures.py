import pandas as pd

from evoapproxnas.hardware.devices import analyse_devices
from evoapproxnas.report.devices_figure import save_devices_figure
from evoapproxnas.report.latency_figure import save_latency_figure


def test_devices_are_drawn(made_table, tmp_path):
    for dataset in ("cifar10", "ImageNet16-120"):
        save_devices_figure(analyse_devices(made_table, dataset), tmp_path / f"{dataset}.png")
        assert (tmp_path / f"{dataset}.png").stat().st_size > 5000


def test_predictions_are_drawn_with_and_without_published_values(tmp_path):
    curve = pd.DataFrame(
        {
            "method": ["table", "table", "transfer", "transfer"],
            "references": ["designed", "random"] * 2,
            "measured": [4, 10, 4, 10],
            "spearman": [0.0, 0.97, 0.95, 0.98],
        }
    )
    bars = {"HELP": {"fpga": 0.98, "pixel2": 0.8}, "table": {"fpga": 1.0, "pixel2": 0.9}}
    for published in (None, "HELP"):
        file = tmp_path / f"{published}.png"
        save_latency_figure(bars, curve, file, published=published)
        assert file.stat().st_size > 5000
