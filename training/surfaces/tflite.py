"""
Reads the convolutions out of a quantised .tflite file, as float: value = scale * (q - zero point).

A FlatBuffers reader of a screen's length stands in for the TensorFlow dependency. Field numbers are those of
the public schema (tensorflow/lite/schema/schema.fbs, version 3).
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CONV_2D, DEPTHWISE_CONV_2D = 3, 4
_TYPES = {0: np.float32, 2: np.int32, 3: np.uint8, 9: np.int8}


@dataclass
class Convolution:
    """weight: float32 [out, in / groups, kernel, kernel]; bias: float32 [out]."""

    depthwise: bool
    weight: np.ndarray
    bias: np.ndarray


class _Table:
    """One FlatBuffers table; fields are found through its vtable."""

    def __init__(self, data: bytes, at: int):
        self.data, self.at = data, at
        self.vtable = at - struct.unpack_from('<i', data, at)[0]
        self.size = struct.unpack_from('<H', data, self.vtable)[0]

    def _field(self, index: int) -> int:
        slot = 4 + 2 * index
        offset = struct.unpack_from('<H', self.data, self.vtable + slot)[0] if slot < self.size else 0
        return self.at + offset if offset else 0

    def scalar(self, index: int, kind: str, default=0):
        at = self._field(index)
        return struct.unpack_from('<' + kind, self.data, at)[0] if at else default

    def _vector(self, index: int) -> tuple[int, int]:
        at = self._field(index)
        if not at:
            return 0, 0
        at += struct.unpack_from('<I', self.data, at)[0]
        return at + 4, struct.unpack_from('<I', self.data, at)[0]

    def numbers(self, index: int, dtype) -> np.ndarray:
        start, count = self._vector(index)
        return np.frombuffer(self.data, dtype, count, start) if count else np.zeros(0, dtype)

    def tables(self, index: int) -> list['_Table']:
        start, count = self._vector(index)
        places = [start + 4 * i for i in range(count)]
        return [_Table(self.data, at + struct.unpack_from('<I', self.data, at)[0]) for at in places]

    def table(self, index: int) -> '_Table | None':
        at = self._field(index)
        return _Table(self.data, at + struct.unpack_from('<I', self.data, at)[0]) if at else None


def _dequantise(tensor: _Table, buffers: list[_Table]) -> np.ndarray:
    shape = tensor.numbers(0, np.int32)
    dtype = _TYPES[tensor.scalar(1, 'b')]
    values = np.frombuffer(buffers[tensor.scalar(2, 'I')].numbers(0, np.uint8).tobytes(), dtype).reshape(shape)
    quantisation = tensor.table(4)
    scale = quantisation.numbers(2, np.float32) if quantisation else np.zeros(0)
    if dtype == np.float32 or not len(scale):
        return values.astype(np.float32)
    zero = quantisation.numbers(3, np.int64)
    axis = quantisation.scalar(6, 'i') if len(scale) > 1 else 0
    wide = [1] * values.ndim
    wide[axis] = len(scale)
    return (values.astype(np.float64) - zero.reshape(wide)).astype(np.float32) * scale.reshape(wide)


def read_convolutions(file: Path) -> list[Convolution]:
    """All convolutions in the order of execution. Raises ValueError where the file is no TFLite model."""
    data = file.read_bytes()
    if data[4:8] != b'TFL3':
        raise ValueError(f'{file.name}: not a TFLite model')
    model = _Table(data, struct.unpack_from('<I', data, 0)[0])
    codes = [max(code.scalar(0, 'b'), code.scalar(3, 'i')) for code in model.tables(1)]
    graph, buffers = model.tables(2)[0], model.tables(4)
    tensors = graph.tables(0)
    found = []
    for operator in graph.tables(3):
        code = codes[operator.scalar(0, 'I')]
        if code not in (CONV_2D, DEPTHWISE_CONV_2D):
            continue
        inputs = operator.numbers(1, np.int32)
        weight = _dequantise(tensors[inputs[1]], buffers)
        # stored as [out, h, w, in], depthwise as [1, h, w, out]
        order = (3, 0, 1, 2) if code == DEPTHWISE_CONV_2D else (0, 3, 1, 2)
        weight = np.ascontiguousarray(weight.transpose(order))
        found.append(Convolution(code == DEPTHWISE_CONV_2D, weight, _dequantise(tensors[inputs[2]], buffers)))
    return found
