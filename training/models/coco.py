"""Weights of the exported YOLOX-nano (COCO) brought into our network, with batch norm put back.

The export folded batch norm into the convolutions. Training without it diverges, and identity statistics
do not train either, so each layer's statistics are measured on calibration images and gamma and beta are
set such that the network computes exactly what it did.
"""

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.models.blocks import ConvUnit


def read_convolutions(path: Path) -> list[tuple[Tensor, Tensor]]:
    """Weight and bias of every convolution of an ONNX file, in execution order."""
    graph = onnx.load(path).graph
    tensors = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
    return [(tensors[n.input[1]], tensors[n.input[2]]) for n in graph.node if n.op_type == "Conv"]


def focus_to_six(weight: Tensor) -> Tensor:
    """[C, 12, 3, 3] over four interleaved pictures to the same map as [C, 3, 6, 6] of stride 2."""
    out = torch.zeros(weight.shape[0], 3, 6, 6)
    for block, (row, column) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
        out[:, :, row::2, column::2] = weight[:, 3 * block : 3 * block + 3]
    return out


def execution_order(net: nn.Module) -> list[nn.Module]:
    """ConvUnits and bare prediction convolutions as they run."""
    order: list[nn.Module] = []
    inner = {id(m.conv) for m in net.modules() if isinstance(m, ConvUnit)}
    leaves = [m for m in net.modules() if isinstance(m, ConvUnit) or (isinstance(m, nn.Conv2d) and id(m) not in inner)]
    hooks = [m.register_forward_hook(lambda module, *_: order.append(module)) for m in leaves]
    net.eval()
    with torch.no_grad():
        net(torch.zeros(1, 3, 64, 64))
    for hook in hooks:
        hook.remove()
    return order


@torch.no_grad()
def load_coco(net: nn.Module, path: Path, calibration: Tensor) -> None:
    """Fills `net` (a Yolox or its backbone alone) from the file; calibration [N, 3, H, W] BGR 0-255.

    New classes start from small weights; boxes and objectness keep theirs.
    """
    units, biases = [], {}
    source = iter(read_convolutions(path))
    for module in execution_order(net):
        weight, bias = next(source)
        if isinstance(module, ConvUnit):
            weight = focus_to_six(weight) if weight.shape[1] == 12 else weight
            assert module.conv.weight.shape == weight.shape, (module, weight.shape)
            module.conv.weight.copy_(weight)
            units.append(module)
            biases[id(module)] = bias
        elif module.weight.shape == weight.shape:
            module.weight.copy_(weight)
            module.bias.copy_(bias)
        else:
            nn.init.normal_(module.weight, std=0.01)
            nn.init.constant_(module.bias, 0.0 if module.out_channels == 1 else -2.0)
    calibrate(net, units, biases, calibration)


@torch.no_grad()
def calibrate(net: nn.Module, units: list[ConvUnit], biases: dict[int, Tensor], images: Tensor) -> None:
    """Measures each unit's output on `images` and sets batch norm to mean, variance and their inverse."""
    moments: dict[int, list[tuple[Tensor, Tensor]]] = {id(u): [] for u in units}

    def fold(unit: ConvUnit):
        def hook(_module, _inputs, output):
            moments[id(unit)].append((output.mean((0, 2, 3)), output.square().mean((0, 2, 3))))

        return unit.conv.register_forward_hook(hook)

    for unit in units:  # with mean 0 and variance 1 - eps the norm only adds the folded bias
        unit.norm.running_mean.zero_()
        unit.norm.running_var.fill_(1 - unit.norm.eps)
        unit.norm.weight.fill_(1)
        unit.norm.bias.copy_(biases[id(unit)])
    hooks = [fold(unit) for unit in units]
    net.eval()
    for chunk in images.split(4):
        net(chunk)
    for hook in hooks:
        hook.remove()
    for unit in units:
        mean = torch.stack([m for m, _ in moments[id(unit)]]).mean(0)
        square = torch.stack([s for _, s in moments[id(unit)]]).mean(0)
        variance = (square - mean.square()).clamp_min(1e-6)
        unit.norm.running_mean.copy_(mean)
        unit.norm.running_var.copy_(variance)
        unit.norm.weight.copy_((variance + unit.norm.eps).sqrt())
        unit.norm.bias.copy_(mean + biases[id(unit)])
