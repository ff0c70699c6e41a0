"""fp16 weights and arithmetic for GPUs; inputs and outputs stay float32, so that packing does not change."""

from pathlib import Path

import onnx
from onnxruntime.transformers.float16 import convert_float_to_float16


def write_half(source: Path, target: Path) -> None:
    """`source` must hold no value beyond fp16's 65504 in weights or activations."""
    onnx.save(convert_float_to_float16(onnx.load(source), keep_io_types=True), target)
