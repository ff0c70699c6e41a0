"""PyTorch to ONNX: batch norm folded, raw heads, no suppression in the graph."""

import copy
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from training.models.blocks import ConvUnit

OPSET = 17


def rows_of(levels: list[Tensor]) -> Tensor:
    """Maps [N, C, h, w], one per stride, as rows [N, cells, C]."""
    return torch.cat([level.flatten(2).transpose(1, 2) for level in levels], 1)


class RawHeads(nn.Module):
    """[N, cells, 5 + classes]: the maps of all strides row by row; objectness and classes after sigmoid."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        return rows_of([torch.cat([level[:, :4], level[:, 4:].sigmoid()], 1) for level in self.net(x)])


class WithImageLevel(nn.Module):
    """Raw heads and, beside them, [N, 1]: the logit of the highest score of any cell and class."""

    def __init__(self, heads: nn.Module):
        super().__init__()
        self.heads = heads

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        rows = self.heads(x)
        score = (rows[..., 4:5] * rows[..., 5:]).amax(2, keepdim=True).amax(1).clamp(1e-6, 1 - 1e-6)
        return rows, score.log() - (1 - score).log()


def fused(net: nn.Module) -> nn.Module:
    """A copy for inference with each ConvUnit's norm folded into its convolution."""
    net = copy.deepcopy(net).eval()
    for unit in net.modules():
        if isinstance(unit, ConvUnit):
            unit.conv = fuse_conv_bn_eval(unit.conv, unit.norm)
            unit.norm = nn.Identity()
    return net


def export_onnx(module: nn.Module, example: Tensor, path: Path, inputs: str, outputs: list[str]) -> None:
    """Writes `module` (already fused) for the example's fixed shape."""
    module = module.eval().to(memory_format=torch.contiguous_format)
    torch.onnx.export(
        module, (example,), str(path), input_names=[inputs], output_names=outputs, opset_version=OPSET, dynamo=False
    )


def open_onnx(path: Path, threads: int = 2) -> Callable[[np.ndarray], dict[str, np.ndarray]]:
    """The file as a function from its one input to its outputs by name."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    entry = session.get_inputs()[0].name
    return lambda tensor: dict(zip(names, session.run(names, {entry: tensor})))
