"""Static uint8: activations and weights in eight bits (QDQ), calibrated on training photos. A trial, not shipped.

    python -m training.export.static <pack> [<pack> ...]

writes `<runs>/<pack>/model.<variant>.onnx` for the shipped fp32 file and prints what each reaches on the tune part,
beside its size and its time in onnxruntime on one thread. `naive` quantises every convolution by minimum and
maximum; `repaired` leaves the first and the last convolutions in fp32, clips what goes into SiLU at -6 and bounds
each activation by the mean of per-photo maxima.
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from training.config import load_config
from training.export.manifest import pack_dir
from training.export.tuned import opener, tuned
from training.paths import RUNS

#: Convolutions that a repaired file keeps in fp32, from the input on.
FIRST = 9
#: SiLU of less is under 0.015: what is lost by clipping there is less than a step of eight bits.
LEAST = -6.0
PHOTOS = 16
#: A repaired file leaves sums and products in fp32: only what enters and leaves a convolution is rounded.
QUANTISED = {False: ["Conv", "Add", "Concat", "MaxPool", "Resize", "Mul", "Sigmoid"], True: ["Conv"]}


class Photos(CalibrationDataReader):
    """Tensors under the name of the file's one input."""

    def __init__(self, name: str, tensors: list[np.ndarray]):
        self.rest: Iterator = iter({name: tensor} for tensor in tensors)

    def get_next(self) -> dict | None:
        return next(self.rest, None)


def unpacked(path: Path) -> onnx.ModelProto:
    """The file with its halves as float32 initializers: quantisation looks for weights there."""
    model = onnx.load(path)
    graph = model.graph
    halves = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    casts = [n for n in graph.node if n.op_type == "Cast" and n.input[0] in halves]
    gone = {n.input[0] for n in casts}
    kept = [t for t in graph.initializer if t.name not in gone]
    kept += [numpy_helper.from_array(halves[n.input[0]].astype(np.float32), n.output[0]) for n in casts]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    for node in casts:
        graph.node.remove(node)
    return model


def clip_silu(model: onnx.ModelProto) -> None:
    """x * sigmoid(x) becomes the same of max(x, LEAST): the long tail below would take most of the 256 steps."""
    graph = model.graph
    muls = [n for n in graph.node if n.op_type == "Mul"]
    makers = {o: n for n in graph.node for o in n.output}
    for mul in muls:
        for x, y in (mul.input, reversed(mul.input)):
            if y in makers and makers[y].op_type == "Sigmoid" and makers[y].input[0] == x:
                _clip(graph, x, mul, makers[y])
    if not any(t.name == "least" for t in graph.initializer):
        graph.initializer.append(numpy_helper.from_array(np.float32(LEAST), "least"))


def _clip(graph: onnx.GraphProto, x: str, mul: onnx.NodeProto, sigmoid: onnx.NodeProto) -> None:
    clip = helper.make_node("Clip", [x, "least"], [f"{x}_clipped"], name=f"{x}_clip")
    graph.node.insert(list(graph.node).index(sigmoid), clip)
    for node in (mul, sigmoid):
        for place, name in enumerate(node.input):
            if name == x:
                node.input[place] = clip.output[0]


def edges(model: onnx.ModelProto) -> list[str]:
    """Names of the first convolutions, and of those whose answer no other convolution reads."""
    nodes = [n for n in model.graph.node if n.op_type == "Conv"]
    readers: dict[str, list[onnx.NodeProto]] = {}
    for node in model.graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)

    def leads_on(name: str) -> bool:
        return any(n.op_type == "Conv" or any(leads_on(o) for o in n.output) for n in readers.get(name, []))

    return [n.name for n in nodes[:FIRST]] + [n.name for n in nodes if not leads_on(n.output[0])]


def write_static(source: Path, target: Path, tensors: list[np.ndarray], repaired: bool) -> None:
    """`source` with every convolution, or all but its edges, in uint8 with weights of int8 per channel."""
    model = unpacked(source)
    if repaired:
        clip_silu(model)
    plain = target.with_suffix(".plain.onnx")
    onnx.save(model, plain)
    quant_pre_process(plain, plain, skip_symbolic_shape=True)
    entry = model.graph.input[0].name
    more = {"CalibTensorRangeSymmetric": False, "CalibMovingAverage": repaired, "CalibMovingAverageConstant": 1 / len(tensors)}
    quantize_static(
        plain, target, Photos(entry, tensors), quant_format=QuantFormat.QDQ, activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8, per_channel=True, nodes_to_exclude=edges(onnx.load(plain)) if repaired else [],
        op_types_to_quantize=QUANTISED[repaired], extra_options=more,
    )  # fmt: skip
    plain.unlink()


def milliseconds(path: Path, tensor: np.ndarray, rounds: int = 5) -> float:
    """Median time of one run on one thread, ms."""
    run, taken = opener(path, 1), []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        run(tensor)
        taken.append(1000 * (time.perf_counter() - begin))
    return float(np.median(taken[1:]))


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.export.static", description=__doc__)
    parser.add_argument("packs", nargs="+", help="files of training/configs without .toml")
    for pack in parser.parse_args().packs:
        config = load_config(pack)
        source, run_dir = pack_dir(config) / "model.fp32.onnx", RUNS / pack
        run_dir.mkdir(parents=True, exist_ok=True)
        judge, tensors = tuned(config, PHOTOS)
        files = {"fp32": source} | {kind: run_dir / f"model.{kind}.onnx" for kind in ("naive", "repaired")}
        for kind, path in files.items():
            if kind != "fp32":
                write_static(source, path, tensors, kind == "repaired")
            row = {"pack": pack, "file": kind, "bytes": path.stat().st_size, "ms": round(milliseconds(path, tensors[0]), 1)}
            print(json.dumps(row | judge(path)), flush=True)


if __name__ == "__main__":
    main()
