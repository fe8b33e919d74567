"""The exact 8-bit twin of a network as ONNX: the run's own quantization, in standard operators.

Every layer that multiplies has QuantizeLinear and DequantizeLinear on its input, and weights as
codes: those of the sign-magnitude scheme go from -255 to 255, so that they are 16-bit integers.
Runtimes add products up as they like; with float32 the outputs differ from the emulation's in
the last digits, and where a rounding falls the other way.
"""

from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper

from evoapproxnas.config import RunConfig
from evoapproxnas.emulation import EmulatedLayer, approximate, conversion_report
from evoapproxnas.emulation.recording import recorded_calls
from evoapproxnas.errors import StoreError
from evoapproxnas.networks import Network
from evoapproxnas.networks.ops import Op
from evoapproxnas.report.export.job import Job
from evoapproxnas.report.export.models import calibration_images
from evoapproxnas.report.export.onnx_nodes import WRITERS, Coded, Draft
from evoapproxnas.version import __version__

_OPSET = 21
"""The first in which DequantizeLinear takes 16-bit integers."""
_PIXELS, _LOGITS, _MAPS = "pixels", "logits", "maps"


def write_onnx(job: Job, path: Path) -> None:
    """Write the exact 8-bit twin of a member."""
    images = calibration_images(job.run.config)
    model = job.run.model(job.name, kind="float")
    twin = exact_twin(model, images, job.run.config)
    graph = onnx_model(job.run.network(job.name), twin, images[:1], title=job.title)
    path.write_bytes(graph.SerializeToString())


def exact_twin(
    model: keras.Model, images: npt.NDArray[np.uint8], config: RunConfig
) -> keras.Model:
    """Return a float model with the exact 8-bit multiplier in all layers, quantized as the run.

    Args:
        model: trained.
        images: for calibration.
        config: of the run.
    """
    options = config.quantization.value.with_widths(8, 8).options
    exact = config.quantization.exact_multiplier
    return approximate(model, exact, images, **{**options, "tune_weights": False})


def onnx_model(
    network: Network, twin: keras.Model, image: npt.NDArray[np.uint8], *, title: str
) -> onnx.ModelProto:
    """Return the ONNX model of a network.

    Args:
        network: its graph.
        twin: its model, approximated by an exact multiplier, whose layers have its names.
        image: one input, which brings the codes of all layers to light.
        title: where it is from.

    Raises:
        StoreError: for an operation of a kind that ONNX has no counterpart of here.
    """
    calls = recorded_calls(twin, image)
    coded = {path: Coded(call.operands, call.table.signed) for path, (call,) in calls.items()}
    folded = set(conversion_report(twin).paths("folded"))
    draft = Draft()
    known = {"input": _with_pixels(draft, twin)}
    for op in network.ops:
        inputs = [known[name] for name in op.inputs]
        known[op.name] = _written(draft, op, inputs, twin, coded, folded)
    draft.add("Identity", (known[network.ops[-1].name],), _LOGITS)
    return _model(draft, network, title)


def _written(
    draft: Draft,
    op: Op,
    inputs: list[str],
    twin: keras.Model,
    coded: dict[str, Coded],
    folded: set[str],
) -> str:
    if op.kind not in WRITERS:
        raise StoreError(
            f"operation {op.name!r} of kind {op.kind!r} cannot be written as ONNX; add the kind "
            "to evoapproxnas.report.export.onnx_nodes, or export to savedmodel"
        )
    layer = coded.get(op.name)
    if layer is None and op.name not in folded and op.kind != "dropout":
        layer = _layer(twin, op.name)
    return WRITERS[op.kind](draft, op, inputs, layer)


def _layer(twin: keras.Model, name: str) -> keras.layers.Layer | None:
    """Return the layer of an operation; None where a graph of calls needs none of its own."""
    found = next((layer for layer in twin.layers if layer.name == name), None)
    return None if isinstance(found, EmulatedLayer) else found


def _with_pixels(draft: Draft, twin: keras.Model) -> str:
    """Add what comes before the first operation: order of axes, normalization."""
    maps = draft.add("Transpose", (_PIXELS,), _MAPS, perm=[0, 3, 1, 2])
    layer = next((x for x in twin.layers if isinstance(x, keras.layers.Normalization)), None)
    if layer is None:
        return maps
    mean, variance = (np.asarray(x, np.float32).reshape(-1, 1, 1) for x in _moments(layer))
    deviation = np.maximum(np.sqrt(variance), np.float32(keras.config.epsilon()))
    centred = draft.add("Sub", (maps, draft.constant("mean", mean)), "centred")
    return draft.add("Div", (centred, draft.constant("deviation", deviation)), "normalized")


def _moments(layer: keras.layers.Normalization) -> tuple[object, object]:
    values = keras.ops.convert_to_numpy(layer.mean), keras.ops.convert_to_numpy(layer.variance)
    return values[0], values[1]


def _model(draft: Draft, network: Network, title: str) -> onnx.ModelProto:
    kind = onnx.TensorProto.FLOAT
    pixels = helper.make_tensor_value_info(_PIXELS, kind, ["images", *network.input_shape])
    logits = helper.make_tensor_value_info(_LOGITS, kind, ["images", network.classes])
    graph = helper.make_graph(draft.nodes, "network", [pixels], [logits], draft.constants)
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=10,
        producer_name="evoapproxnas",
        producer_version=__version__,
        doc_string=f"{title}: the exact 8-bit twin, without approximate multipliers. Pixels are "
        "0 to 255, (images, rows, columns, channels).",
    )
    onnx.checker.check_model(model)
    return model
