"""The tfjs exporter's graph; that its answers are right is proved in the browser, by the packs' golden cases."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper
from torch import nn

from training.export.graph_def import Converter, NotKnown, folded
from training.export.onnx import export_onnx
from training.export.tfjs import write_tfjs


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.wide = nn.Conv2d(3, 4, 3, 2, 1)
        self.deep = nn.Conv2d(4, 4, 3, 1, 1, groups=4)

    def forward(self, x):
        return self.deep(nn.functional.relu6(self.wide(x))).flatten(2).transpose(1, 2)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    export_onnx(Small(), torch.zeros(1, 3, 8, 8), tmp_path / "small.onnx", "images", ["rows"])
    return tmp_path / "small.onnx"


def test_names_and_shapes_stay_those_of_the_onnx_file(small: Path):
    write_tfjs(small, small.parent / "tfjs")
    model = json.loads((small.parent / "tfjs" / "model.json").read_text())
    sides = lambda port: [int(side["size"]) for side in port["tensorShape"]["dim"]]
    assert sides(model["signature"]["inputs"]["images"]) == [1, 3, 8, 8]
    assert sides(model["signature"]["outputs"]["rows"]) == [1, 16, 4]
    names = [node["name"] for node in model["modelTopology"]["node"]]
    assert len(names) == len(set(names)) and {"images", "rows"} <= set(names)
    assert all(source in names for node in model["modelTopology"]["node"] for source in node["input"])


def test_weights_are_turned_and_lie_in_the_order_in_which_they_are_named(small: Path):
    write_tfjs(small, small.parent / "tfjs")
    model = json.loads((small.parent / "tfjs" / "model.json").read_text())
    content, offset, found = (small.parent / "tfjs" / "weights.bin").read_bytes(), 0, {}
    for spec in model["weightsManifest"][0]["weights"]:
        count = int(np.prod(spec["shape"], initial=1))
        found[spec["name"]] = np.frombuffer(content, spec["dtype"], count, offset).reshape(spec["shape"])
        offset += 4 * count
    assert offset == len(content)
    kernels = [values for name, values in found.items() if name.endswith("_kernel")]
    assert [kernel.shape for kernel in kernels] == [(3, 3, 3, 4), (3, 3, 4, 1)]
    source = {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(small).graph.initializer}
    assert np.array_equal(kernels[0], source["wide.weight"].transpose(2, 3, 1, 0))
    assert np.array_equal(kernels[1], source["deep.weight"].transpose(2, 3, 0, 1))


def test_a_clip_from_0_to_6_becomes_a_part_of_its_convolution(small: Path):
    graph = Converter(folded(small)).run()
    assert [node["op"] for node in graph.nodes if node["op"] != "Const"] == [
        "Placeholder", "Transpose", "_FusedConv2D", "FusedDepthwiseConv2dNative", "Transpose", "Reshape", "Transpose",
    ]  # fmt: skip


def test_what_is_not_known_stops_the_export(tmp_path: Path):
    ports = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 3, 8, 8]) for n in ("images", "tangents")]
    graph = helper.make_graph([helper.make_node("Tan", ["images"], ["tangents"])], "odd", ports[:1], ports[1:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "odd.onnx")
    with pytest.raises(NotKnown, match="Tan"):
        Converter(folded(tmp_path / "odd.onnx")).run()


def test_large_weights_are_kept_in_two_bytes_and_say_so(tmp_path: Path):
    net = nn.Conv2d(16, 8, 3).eval()
    export_onnx(net, torch.zeros(1, 16, 8, 8), tmp_path / "m.onnx", "images", ["out"])
    write_tfjs(tmp_path / "m.onnx", tmp_path / "tfjs")
    model = json.loads((tmp_path / "tfjs" / "model.json").read_text())
    specs = model["weightsManifest"][0]["weights"]
    large = [spec for spec in specs if "quantization" in spec]
    assert [spec["shape"] for spec in large] == [[3, 3, 16, 8]]
    assert large[0]["quantization"] == {"dtype": "float16", "original_dtype": "float32"}
    length = sum(int(np.prod(s["shape"], initial=1)) * (2 if s in large else 4) for s in specs)
    assert (tmp_path / "tfjs" / "weights.bin").stat().st_size == length
