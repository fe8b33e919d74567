"""That TensorFlow's functions run; threads are set in processes that measure, not here."""

from evoapproxnas.hardware.latency.fusion import FUSIONS
from evoapproxnas.hardware.latency.runtimes.tensorflow_graph import TensorFlow
from tests.hardware.latency.small import convolution, network, runtime_operations


def test_operations_and_networks_run():
    runtime = TensorFlow.__new__(TensorFlow)  # TensorFlow has started: its threads stay.
    whole = network(convolution(), convolution(0))
    operations = runtime_operations(whole, FUSIONS["tensorflow"])
    results = [prepared.start(3)() for prepared in runtime.operations(operations[:2])]
    assert [len(result) for result in results] == [3, 3]
    (logits,) = runtime.network(whole).start()()
    assert logits.shape == (1, 10)
