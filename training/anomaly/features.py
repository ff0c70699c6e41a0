"""
Patch features for anomaly detection by memory: activations in the middle of MobileNetV2 (ImageNet weights, not
trained further), averaged over 3 x 3 neighbours as in PatchCore (Roth et al., CVPR 2022), then projected linearly.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from training.surfaces.mobilenet import ConvBn, MobileNetV2
from training.surfaces.tflite import read_convolutions

#: Convolutions in order of execution whose activations are taken: 384 and 576 channels at stride 16.
LAYERS = (31, 36)
WIDTH, STRIDE = 960, 16


class Backbone(nn.Module):
    """
    RGB in [-1, 1], float [n, 3, h, w], to float [n, WIDTH, h / 16, w / 16]. Each photo is brought to the same
    brightness and contrast first, since one surface is seen under many lights.
    """

    def __init__(self, weights: Path):
        super().__init__()
        net = MobileNetV2()
        units = [m for m in net.modules() if isinstance(m, ConvBn)]
        for unit, layer in zip(units, read_convolutions(weights)):
            unit.conv.weight.data.copy_(torch.from_numpy(layer.weight))
            unit.conv.bias = nn.Parameter(torch.from_numpy(layer.bias))
            unit.bn = nn.Identity()
        self.stages = nn.ModuleList(list(net.stages)[:4])
        self.kept: list[torch.Tensor] = []
        for index in LAYERS:
            units[index].register_forward_hook(lambda _unit, _inputs, output: self.kept.append(output))
        self.eval()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean = x.mean((1, 2, 3), keepdim=True)
        spread = ((x - mean) ** 2).mean((1, 2, 3), keepdim=True).sqrt()
        x = (x - mean) / (spread + 0.063) * 0.4
        self.kept.clear()
        for stage in self.stages:
            x = stage(x)
        return F.avg_pool2d(torch.cat(self.kept, 1), 3, 1, 1)


class Embedder(nn.Module):
    """Backbone and projection: float [n, D, h / 16, w / 16]."""

    def __init__(self, backbone: Backbone, matrix: np.ndarray, shift: np.ndarray):
        super().__init__()
        self.backbone = backbone
        self.project = nn.Conv2d(WIDTH, matrix.shape[1], 1)
        self.project.weight.data.copy_(torch.from_numpy(matrix.T[:, :, None, None]))
        self.project.bias.data.copy_(torch.from_numpy(-(shift @ matrix)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.project(self.backbone(x))
