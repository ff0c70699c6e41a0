"""A .tflite file for LiteRT in the browser; in fp16 only its weights are, the arithmetic is in fp32.

    <python with TensorFlow> -m training.export.tflite <folder of a tfjs graph model> <file> fp32|fp16

TensorFlow writes the file from the very graph that the tfjs model holds; that takes the place of a second converter.
Needs tensorflow 2.19 and nothing else of ours, since TensorFlow and torch do not share one environment here
(training/export/litert.py calls it).
"""

import base64
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf

UNARY = {"Sigmoid": tf.sigmoid, "Sqrt": tf.sqrt, "Relu": tf.nn.relu, "Log": tf.math.log}
BINARY = {"AddV2": tf.add, "Sub": tf.subtract, "Mul": tf.multiply, "RealDiv": tf.divide}
REDUCE = {"Mean": tf.reduce_mean, "Max": tf.reduce_max}
POOL = {"MaxPool": tf.nn.max_pool2d, "AvgPool": tf.nn.avg_pool2d}


def numbers(attribute: dict) -> list[int]:
    return [int(value) for value in attribute["list"]["i"]]


def text(attribute: str) -> str:
    return base64.b64decode(attribute).decode()


def read_weights(model: dict, content: bytes) -> dict[str, np.ndarray]:
    found, offset = {}, 0
    for spec in model["weightsManifest"][0]["weights"]:
        count = int(np.prod(spec["shape"], initial=1))
        found[spec["name"]] = np.frombuffer(content, spec["dtype"], count, offset).reshape(spec["shape"])
        offset += count * 4
    return found


def convolution(op: str, inputs: list, attributes: dict):
    source, kernel, bias = inputs
    strides, padding = numbers(attributes["strides"]), text(attributes["padding"]["s"])
    if padding == "EXPLICIT":
        around, (height, width) = numbers(attributes["explicit_paddings"]), kernel.shape[:2]
        centred = height % 2 == width % 2 == 1 and around[2:6] == [height // 2] * 2 + [width // 2] * 2
        padding = "SAME" if centred and strides == [1, 1, 1, 1] else "VALID"
        if padding == "VALID":
            source = tf.pad(source, [[0, 0], around[2:4], around[4:6], [0, 0]])
    run = tf.nn.conv2d if op == "_FusedConv2D" else tf.nn.depthwise_conv2d
    answer = tf.nn.bias_add(run(source, kernel, strides, padding), bias)
    return tf.nn.relu6(answer) if text(attributes["fused_ops"]["list"]["s"][-1]) == "Relu6" else answer


def compute(op: str, x: list, a: dict):
    if op in ("_FusedConv2D", "FusedDepthwiseConv2dNative"):
        return convolution(op, x, a)
    if op in UNARY:
        return UNARY[op](x[0])
    if op in BINARY:
        return BINARY[op](*x)
    if op in REDUCE:
        return REDUCE[op](x[0], x[1], keepdims=a["keep_dims"]["b"])
    if op in POOL:
        return POOL[op](x[0], numbers(a["ksize"]), numbers(a["strides"]), text(a["padding"]["s"]))
    others = {
        "Pow": lambda: tf.square(x[0]) if float(x[1]) == 2 else tf.pow(*x),
        "Transpose": lambda: tf.transpose(*x),
        "ClipByValue": lambda: tf.clip_by_value(*x),
        "ConcatV2": lambda: tf.concat(x[:-1], int(x[-1])),
        "PadV2": lambda: tf.pad(x[0], x[1]),
        "ResizeNearestNeighbor": lambda: tf.compat.v1.image.resize_nearest_neighbor(*x),
        "Reshape": lambda: tf.reshape(*x),
        "Slice": lambda: tf.slice(*x),
        "ReverseV2": lambda: tf.reverse(*x),
        "DepthToSpace": lambda: tf.nn.depth_to_space(x[0], int(a["block_size"]["i"])),
    }
    return others[op]()


def signature(folder: Path) -> tuple[tf.types.experimental.ConcreteFunction, tf.Module]:
    model = json.loads((folder / "model.json").read_text())
    weights = read_weights(model, (folder / "weights.bin").read_bytes())
    (name, entry), *_ = model["signature"]["inputs"].items()
    sides = [int(side["size"]) for side in entry["tensorShape"]["dim"]]

    def run(images):
        values = {name: images, **weights}
        for node in model["modelTopology"]["node"]:
            if node["op"] not in ("Placeholder", "Const"):
                values[node["name"]] = compute(node["op"], [values[i] for i in node["input"]], node["attr"])
        return {output: values[output] for output in model["signature"]["outputs"]}

    module = tf.Module()
    module.run = tf.function(run, input_signature=[tf.TensorSpec(sides, tf.float32, name=name)])
    return module.run.get_concrete_function(), module


def main() -> None:
    folder, target, precision = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    concrete, module = signature(folder)
    with tempfile.TemporaryDirectory() as saved:
        # The saved form is the one that keeps the names of inputs and outputs.
        tf.saved_model.save(module, saved, signatures={"serving_default": concrete})
        converter = tf.lite.TFLiteConverter.from_saved_model(saved)
        if precision == "fp16":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.target_spec.supported_types = [tf.float16]
        target.write_bytes(converter.convert())


if __name__ == "__main__":
    main()
