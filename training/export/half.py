"""Halves: fp16 weights and arithmetic for GPUs, and fp32 files whose weights are kept in two bytes each."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.transformers.float16 import DEFAULT_OP_BLOCK_LIST, convert_float_to_float16

#: Smaller constants stay as they are: biases, limits, shapes.
SMALLEST = 512


def write_half(source: Path, target: Path, exact: tuple[str, ...] = ()) -> None:
    """fp16 arithmetic; inputs and outputs stay float32, so that packing does not change.

    `source` must hold no value beyond fp16's 65504 in weights or activations. Operators of the kinds `exact` compute in
    fp32: a mean over a whole photo sums more than fp16 holds.
    """
    blocked = [*DEFAULT_OP_BLOCK_LIST, *exact]
    onnx.save(convert_float_to_float16(onnx.load(source), keep_io_types=True, op_block_list=blocked), target)


def store_halves(path: Path) -> None:
    """Rounds the file's weights to fp16 and keeps them so behind a Cast, which runtimes compute once when they load it.

    Arithmetic stays fp32. Rounding moves a weight by at most one part in 2,048.
    """
    model = onnx.load(path)
    graph, kept, casts = model.graph, [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < SMALLEST:
            kept.append(tensor)
            continue
        stored = f"{tensor.name}_half"
        kept.append(numpy_helper.from_array(values.astype(np.float16), stored))
        casts.append(helper.make_node("Cast", [stored], [tensor.name], to=TensorProto.FLOAT))
    del graph.initializer[:]
    graph.initializer.extend(kept)
    for node in reversed(casts):
        graph.node.insert(0, node)
    onnx.checker.check_model(model)
    onnx.save(model, path)
