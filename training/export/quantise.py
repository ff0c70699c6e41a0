"""int8 weights with arithmetic in float: a download of less than a third, no faster.

Static quantisation of activations is not written here: YOLOX-nano is depthwise, and depthwise networks run
slower in uint8 than in fp32 in the browser's WASM runtime (the pack's card says so with its source).
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALLEST = 512


def quantise_rows(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[C, ...] float32 to int8 of the same shape and a scale per row [C]; symmetric, -127 to 127."""
    peak = np.abs(weight.reshape(len(weight), -1)).max(1)
    scale = np.where(peak > 0, peak / 127, 1).astype(np.float32)
    steps = np.rint(weight / scale.reshape(-1, *[1] * (weight.ndim - 1)))
    return steps.clip(-127, 127).astype(np.int8), scale


def write_weight_only(source: Path, target: Path) -> None:
    """Every convolution's weight becomes int8 behind a DequantizeLinear per output channel."""
    model = onnx.load(source)
    graph = model.graph
    weights = {n.input[1] for n in graph.node if n.op_type == "Conv"}
    kept, nodes = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.name not in weights or values.size < SMALLEST or tensor.data_type != TensorProto.FLOAT:
            kept.append(tensor)
            continue
        steps, scale = quantise_rows(values)
        names = [f"{tensor.name}_{part}" for part in ("int8", "scale", "zero")]
        parts = (steps, scale, np.zeros(len(scale), np.int8))
        kept += [numpy_helper.from_array(part, name) for part, name in zip(parts, names)]
        nodes.append(helper.make_node("DequantizeLinear", names, [tensor.name], axis=0))
    del graph.initializer[:]
    graph.initializer.extend(kept)
    for node in reversed(nodes):
        graph.node.insert(0, node)
    onnx.checker.check_model(model)
    onnx.save(model, target)
