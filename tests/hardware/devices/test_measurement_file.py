import pytest

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.devices.measurement_file import read_measurements, write_form
from evoapproxnas.hardware.hw_nas_bench.cells import arch_string


def test_a_form_is_filled_in(tmp_path):
    file = tmp_path / "device.csv"
    write_form([3, 4], file)
    with pytest.raises(MeasurementError, match="no latencies; note them in column milliseconds"):
        read_measurements(file)
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], lines[1] + "2.5", lines[2], "17,4"]))
    assert read_measurements(file) == ([arch_string(3), "17"], [2.5, 4.0])


@pytest.mark.parametrize("text", ["", "network\n1\n", "network,milliseconds\n1,fast\n"])
def test_another_file_is_refused(text, tmp_path):
    file = tmp_path / "device.csv"
    file.write_text(text)
    with pytest.raises(MeasurementError, match=r"device\.csv"):
        read_measurements(file)
    with pytest.raises(MeasurementError, match="cannot read"):
        read_measurements(tmp_path / "none.csv")
