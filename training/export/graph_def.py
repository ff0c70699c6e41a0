"""Our ONNX files as TensorFlow graphs, which is what a tfjs graph model is made of.

TensorFlow.js computes feature maps as [N, H, W, C] only. Maps are therefore turned once at the input and kept so
until a reshape or an output wants ONNX's order; weights are turned here. Exactly the operators of our own networks
are known: anything else stops the export instead of becoming a wrong model.
"""

import base64
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

#: Where an axis of [N, C, H, W] lies in [N, H, W, C].
TURNED = (0, 3, 1, 2)
TO_MAPS, FROM_MAPS = [0, 2, 3, 1], [0, 3, 1, 2]
BINARY = {"Add": "AddV2", "Sub": "Sub", "Mul": "Mul", "Div": "RealDiv", "Pow": "Pow"}
UNARY = {"Sigmoid": "Sigmoid", "Sqrt": "Sqrt", "Relu": "Relu", "Log": "Log"}
REDUCE = {"ReduceMean": "Mean", "ReduceMax": "Max"}


class NotKnown(ValueError):
    """The network uses something that this converter does not know."""


@dataclass
class Graph:
    """Nodes in the JSON form of TensorFlow's GraphDef; constants apart, by the names of their nodes."""

    nodes: list[dict] = field(default_factory=list)
    weights: dict[str, np.ndarray] = field(default_factory=dict)

    def add(self, op: str, name: str, inputs: list[str], **attributes: dict) -> str:
        self.nodes.append({"name": name, "op": op, "input": inputs, "attr": {"T": kind("DT_FLOAT"), **attributes}})
        return name

    def constant(self, name: str, values: np.ndarray | list) -> str:
        if name not in self.weights:
            array = np.ascontiguousarray(values)
            array = array.astype(np.float32 if array.dtype.kind == "f" else np.int32)
            self.weights[name] = array
            dtype = "DT_FLOAT" if array.dtype == np.float32 else "DT_INT32"
            value = {"tensor": {"dtype": dtype, "tensorShape": dimensions(array.shape)}}
            self.nodes.append({"name": name, "op": "Const", "input": [], "attr": {"dtype": kind(dtype), "value": value}})
        return name

    def transpose(self, name: str, value: str, order: list[int]) -> str:
        axes = self.constant("order_" + "".join(map(str, order)), np.array(order))
        return self.add("Transpose", name, [value, axes], Tperm=kind("DT_INT32"))


def kind(dtype: str) -> dict:
    return {"type": dtype}


def numbers(values: list[int]) -> dict:
    return {"list": {"i": [str(value) for value in values]}}


def text(value: str) -> dict:
    return {"s": _encoded(value)}


def texts(values: list[str]) -> dict:
    return {"list": {"s": [_encoded(value) for value in values]}}


def dimensions(shape: tuple[int, ...]) -> dict:
    return {"dim": [{"size": str(side)} for side in shape]}


def _encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def folded(path: Path) -> onnx.ModelProto:
    """The file with its constant parts computed and every shape known."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    with TemporaryDirectory() as folder:
        options.optimized_model_filepath = str(Path(folder) / "folded.onnx")
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        model = onnx.load(options.optimized_model_filepath)
    return onnx.shape_inference.infer_shapes(model, strict_mode=True)


class Converter:
    """Turns one folded model; `graph` holds the result, whose inputs and outputs keep ONNX's names and order of axes."""

    def __init__(self, model: onnx.ModelProto):
        self.model = model
        self.graph = Graph()
        self.constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
        known = [*model.graph.value_info, *model.graph.input, *model.graph.output]
        self.shapes = {v.name: tuple(d.dim_value for d in v.type.tensor_type.shape.dim) for v in known}
        #: TensorFlow's name of each ONNX value, and whether it lies as [N, H, W, C].
        self.names: dict[str, str] = {}
        self.maps: set[str] = set()
        self.outputs = [output.name for output in model.graph.output]
        self.uses = _count_uses(model)

    def run(self) -> Graph:
        for entry in self.model.graph.input:
            shape = self.shapes[entry.name]
            attributes = {"dtype": kind("DT_FLOAT"), "shape": {"shape": dimensions(shape)}}
            self.graph.nodes.append({"name": entry.name, "op": "Placeholder", "input": [], "attr": attributes})
            self.names[entry.name] = entry.name
            if len(shape) == 4:
                self.names[entry.name] = self.graph.transpose(f"{entry.name}_maps", entry.name, TO_MAPS)
                self.maps.add(entry.name)
        done: set[str] = set()
        for node in self.model.graph.node:
            if node.output[0] not in done:
                done.update(self._convert(node))
        for output in self.outputs:
            if output in self.maps:
                self.graph.transpose(output, self.names[output], FROM_MAPS)
        return self.graph

    def _convert(self, node: onnx.NodeProto) -> list[str]:
        """Adds the node, and a clip that it can do itself; returns the ONNX values that are now there."""
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        if node.op_type == "Conv":
            return self._convolution(node, attributes)
        steps = {
            **dict.fromkeys(BINARY, self._binary), **dict.fromkeys(UNARY, self._unary),
            **dict.fromkeys(REDUCE, self._reduce), "Clip": self._clip, "Concat": self._concat, "Pad": self._pad,
            "MaxPool": self._pool, "AveragePool": self._pool, "Resize": self._resize, "Reshape": self._reshape,
            "Transpose": self._transpose, "Slice": self._slice, "DepthToSpace": self._depth_to_space,
        }  # fmt: skip
        if node.op_type not in steps:
            raise NotKnown(f"{node.op_type} of {node.name}")
        steps[node.op_type](node, attributes)
        return [node.output[0]]

    def _name(self, value: str, maps: bool) -> str:
        """TensorFlow's name for a new ONNX value; an output's own name is left for the turned one."""
        self.names[value] = f"{value}_maps" if maps and value in self.outputs else value.strip("/")
        if maps:
            self.maps.add(value)
        return self.names[value]

    def _input(self, value: str, maps: bool) -> str:
        """A value in the wanted order of axes; constants are turned here."""
        if value in self.constants:
            array = self.constants[value]
            turn = maps and array.ndim == 4
            if maps and not turn and array.size > 1:
                raise NotKnown(f"constant {value} of shape {array.shape} beside a feature map")
            return self.graph.constant(value.strip("/") + ("_maps" if turn else ""), array.transpose(TO_MAPS) if turn else array)
        if (value in self.maps) == maps:
            return self.names[value]
        if maps:
            raise NotKnown(f"{value} would have to become a feature map again")
        turned = f"{self.names[value]}_plain"
        if all(node["name"] != turned for node in self.graph.nodes):
            self.graph.transpose(turned, self.names[value], FROM_MAPS)
        return turned

    def _convolution(self, node: onnx.NodeProto, attributes: dict) -> list[str]:
        source, weight = node.input[0], self.constants[node.input[1]]
        bias = self.constants[node.input[2]] if len(node.input) > 2 else np.zeros(len(weight), np.float32)
        groups, (out, each) = attributes.get("group", 1), weight.shape[:2]
        depthwise = groups > 1
        if depthwise and (each != 1 or out != groups):
            raise NotKnown(f"grouped convolution {node.name}")
        if attributes.get("dilations", [1, 1]) != [1, 1]:
            raise NotKnown(f"dilated convolution {node.name}")
        last, fused = node.output[0], ["BiasAdd"]
        clip = self.uses.get(last, [])
        if len(clip) == 1 and clip[0].op_type == "Clip" and self._limits(clip[0]) == (0, 6) and last not in self.outputs:
            last, fused = clip[0].output[0], ["BiasAdd", "Relu6"]
        name = self._name(last, True)
        # depthwise: [C, 1, H, W] to [H, W, C, 1]; else [O, I, H, W] to [H, W, I, O]
        kernel = self.graph.constant(f"{name}_kernel", weight.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0)))
        inputs = [self._input(source, True), kernel, self.graph.constant(f"{name}_bias", bias)]
        top, left, bottom, right = attributes.get("pads", [0, 0, 0, 0])
        padded = {"padding": text("EXPLICIT"), "explicit_paddings": numbers([0, 0, top, bottom, left, right, 0, 0])}
        if (top, left, bottom, right) == (0, 0, 0, 0):
            padded = {"padding": text("VALID")}
        automatic = attributes.get("auto_pad", b"NOTSET")
        if automatic == b"SAME_UPPER":
            padded = {"padding": text("SAME")}
        elif automatic != b"NOTSET":
            raise NotKnown(f"padding {automatic} of {node.name}")
        self.graph.add(
            "FusedDepthwiseConv2dNative" if depthwise else "_FusedConv2D", name, inputs,
            strides=numbers([1, *attributes.get("strides", [1, 1]), 1]), dilations=numbers([1, 1, 1, 1]),
            data_format=text("NHWC"), fused_ops=texts(fused), num_args={"i": "1"}, epsilon={"f": 0.0}, **padded,
        )  # fmt: skip
        return [node.output[0], last]

    def _binary(self, node: onnx.NodeProto, _: dict) -> None:
        maps = any(value in self.maps for value in node.input)
        inputs = [self._input(value, maps) for value in node.input]
        self.graph.add(BINARY[node.op_type], self._name(node.output[0], maps), inputs)

    def _unary(self, node: onnx.NodeProto, _: dict) -> None:
        maps = node.input[0] in self.maps
        self.graph.add(UNARY[node.op_type], self._name(node.output[0], maps), [self._input(node.input[0], maps)])

    def _reduce(self, node: onnx.NodeProto, attributes: dict) -> None:
        keep, axes = attributes.get("keepdims", 1), attributes["axes"]
        maps = node.input[0] in self.maps and keep == 1
        source = self._input(node.input[0], maps)
        name = self._name(node.output[0], maps)
        turned = self.graph.constant(f"{name}_axes", np.array([TURNED[axis] for axis in axes] if maps else axes))
        self.graph.add(
            REDUCE[node.op_type], name, [source, turned], keep_dims={"b": keep == 1}, Tidx=kind("DT_INT32")
        )

    def _limits(self, node: onnx.NodeProto) -> tuple[float, float]:
        low, high = (float(self.constants[value]) for value in node.input[1:3])
        return low, high

    def _clip(self, node: onnx.NodeProto, _: dict) -> None:
        maps, (low, high) = node.input[0] in self.maps, self._limits(node)
        source = self._input(node.input[0], maps)
        name = self._name(node.output[0], maps)
        limits = [self.graph.constant(f"{name}_{end}", np.array(v, np.float32)) for end, v in (("low", low), ("high", high))]
        self.graph.add("ClipByValue", name, [source, *limits])

    def _concat(self, node: onnx.NodeProto, attributes: dict) -> None:
        maps = all(value in self.maps for value in node.input)
        inputs = [self._input(value, maps) for value in node.input]
        name, axis = self._name(node.output[0], maps), attributes["axis"]
        inputs.append(self.graph.constant(f"{name}_axis", np.array(TURNED[axis] if maps else axis)))
        self.graph.add("ConcatV2", name, inputs, N={"i": str(len(node.input))}, Tidx=kind("DT_INT32"))

    def _pad(self, node: onnx.NodeProto, attributes: dict) -> None:
        if attributes.get("mode", b"constant") != b"constant" or any(node.input[2:]):
            raise NotKnown(f"padding {node.name} by anything but zeros")
        around = self.constants[node.input[1]].reshape(2, 4)
        self._zeros(self._name(node.output[0], True), self._input(node.input[0], True), around)

    def _zeros(self, name: str, source: str, around: np.ndarray) -> str:
        """`around` [2, 4]: before and after each axis of [N, C, H, W]."""
        turned = self.graph.constant(f"{name}_around", around[:, TO_MAPS].T)
        zero = self.graph.constant("zero", np.array(0, np.float32))
        return self.graph.add("PadV2", name, [source, turned, zero], Tpaddings=kind("DT_INT32"))

    def _pool(self, node: onnx.NodeProto, attributes: dict) -> None:
        if attributes.get("auto_pad", b"NOTSET") != b"NOTSET" or attributes.get("ceil_mode"):
            raise NotKnown(f"padding of {node.name}")
        sides, strides = attributes["kernel_shape"], attributes.get("strides", [1, 1])
        pads, source = attributes.get("pads", [0, 0, 0, 0]), self._input(node.input[0], True)
        name, padding = self._name(node.output[0], True), "VALID"
        if any(pads) and node.op_type == "MaxPool":
            # With zeros around, a maximum of negative values would be wrong.
            if strides != [1, 1] or pads != [side // 2 for side in sides] * 2:
                raise NotKnown(f"padding of {node.name}")
            padding = "SAME"
        elif any(pads):
            if not attributes.get("count_include_pad"):
                raise NotKnown(f"mean of {node.name} without what is around")
            source = self._zeros(f"{name}_padded", source, np.array([0, 0, *pads[:2], 0, 0, *pads[2:]]).reshape(2, 4))
        self.graph.add(
            "MaxPool" if node.op_type == "MaxPool" else "AvgPool", name, [source], ksize=numbers([1, *sides, 1]),
            strides=numbers([1, *strides, 1]), padding=text(padding), data_format=text("NHWC"),
        )  # fmt: skip

    def _resize(self, node: onnx.NodeProto, attributes: dict) -> None:
        way = (attributes.get("mode"), attributes.get("coordinate_transformation_mode"), attributes.get("nearest_mode"))
        if way != (b"nearest", b"asymmetric", b"floor"):
            raise NotKnown(f"resizing {node.name} by {way}")
        size = self.shapes[node.output[0]][2:]
        source, name = self._input(node.input[0], True), self._name(node.output[0], True)
        wanted = self.graph.constant(f"{name}_size", np.array(size))
        self.graph.add(
            "ResizeNearestNeighbor", name, [source, wanted], align_corners={"b": False}, half_pixel_centers={"b": False}
        )

    def _reshape(self, node: onnx.NodeProto, _: dict) -> None:
        source, name = self._input(node.input[0], False), self._name(node.output[0], False)
        shape = self.graph.constant(f"{name}_shape", np.array(self.shapes[node.output[0]]))
        self.graph.add("Reshape", name, [source, shape], Tshape=kind("DT_INT32"))

    def _transpose(self, node: onnx.NodeProto, attributes: dict) -> None:
        source = self._input(node.input[0], False)
        self.graph.transpose(self._name(node.output[0], False), source, list(attributes["perm"]))

    def _slice(self, node: onnx.NodeProto, _: dict) -> None:
        starts, ends, axes, steps = (self.constants[value] for value in node.input[1:5])
        maps, sides = node.input[0] in self.maps, self.shapes[node.input[0]]
        source = self._input(node.input[0], maps)
        name = self._name(node.output[0], maps)
        turned = [TURNED[axis] for axis in axes] if maps else list(axes)
        if len(axes) == 1 and steps[0] == -1 and starts[0] == -1 and ends[0] < -sides[axes[0]]:
            axis = self.graph.constant(f"{name}_axis", np.array(turned))
            self.graph.add("ReverseV2", name, [source, axis], Tidx=kind("DT_INT32"))
            return
        if (steps != 1).any():
            raise NotKnown(f"steps of {node.name}")
        size = np.array([sides[axis] for axis in TO_MAPS] if maps else sides)
        begin = np.zeros(len(sides), np.int64)
        for start, end, axis, place in zip(starts, ends, axes, turned):
            begin[place] = start if start >= 0 else sides[axis] + start
            size[place] = min(end if end >= 0 else sides[axis] + end, sides[axis]) - begin[place]
        inputs = [self.graph.constant(f"{name}_{part}", values) for part, values in (("begin", begin), ("size", size))]
        self.graph.add("Slice", name, [source, *inputs], Index=kind("DT_INT32"))

    def _depth_to_space(self, node: onnx.NodeProto, attributes: dict) -> None:
        # The two orders of channels are the same where one channel is left.
        if self.shapes[node.output[0]][1] != 1 and attributes.get("mode", b"DCR") != b"DCR":
            raise NotKnown(f"order of channels of {node.name}")
        source, name = self._input(node.input[0], True), self._name(node.output[0], True)
        block = {"i": str(attributes["blocksize"])}
        self.graph.add("DepthToSpace", name, [source], block_size=block, data_format=text("NHWC"))


def _count_uses(model: onnx.ModelProto) -> dict[str, list[onnx.NodeProto]]:
    uses: dict[str, list[onnx.NodeProto]] = {}
    for node in model.graph.node:
        for value in node.input:
            uses.setdefault(value, []).append(node)
    return uses
