"""
Patch features for anomaly detection: MobileNetV2 with ImageNet weights and nothing trained on top, as PatchCore
(Roth et al., CVPR 2022) uses its backbone. Expanded activations in the middle of blocks, averaged over 3 x 3
neighbours, the coarser ones enlarged to the finer grid.
"""

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from training.surfaces.mobilenet import MobileNetV2
from training.surfaces.tflite import read_convolutions


class Embedder(nn.Module):
    """
    RGB in [-1, 1], float [n, 3, h, w] with sides that 16 divides, to features [n, D, h / 8, w / 8] of unit
    scale per layer. `layers` are convolution numbers in order of execution whose activations are taken.
    """

    def __init__(self, layers: tuple[int, ...], weights: Path, stride: int = 8):
        super().__init__()
        self.net = MobileNetV2()
        self.units = [m for m in self.net.modules() if m.__class__.__name__ == 'ConvBn']
        for unit, layer in zip(self.units, read_convolutions(weights)):
            unit.conv.weight.data.copy_(torch.from_numpy(layer.weight))
            unit.conv.bias = nn.Parameter(torch.from_numpy(layer.bias))
            unit.bn = nn.Identity()
        self.layers, self.stride = layers, stride
        self.register_buffer('scales', torch.ones(len(layers)))
        self.eval()

    def raw(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Activations of the chosen layers, each [n, C, h, w] at its own stride."""
        kept: dict[int, torch.Tensor] = {}
        last = max(self.layers)
        hooks = [self.units[i].register_forward_hook(lambda _m, _x, y, i=i: kept.__setitem__(i, y)) for i in self.layers]
        stop = 3 if last <= 25 else 4 if last <= 46 else 5
        for stage in list(self.net.stages)[: stop + 1]:
            x = stage(x)
            if last in kept:
                break
        for hook in hooks:
            hook.remove()
        return [kept[i] for i in self.layers]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        size = (x.shape[-2] // self.stride, x.shape[-1] // self.stride)
        found = []
        for scale, layer in zip(self.scales, self.raw(x)):
            layer = F.avg_pool2d(layer, 3, 1, 1)
            if layer.shape[-2:] != size:
                layer = F.interpolate(layer, size=size, mode='bilinear', align_corners=False)
            found.append(layer * scale)
        return torch.cat(found, 1)
