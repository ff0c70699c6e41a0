"""
Patch features whose distance to a memory of clean patches tells damage: MobileNetV2 (ImageNet) up to stride 32,
brought back to stride 16. The score by memory is PatchCore's (Roth et al., CVPR 2022); the features are taught.
"""

import torch
from torch import nn

from training.surfaces.mobilenet import CHANNELS, MobileNetV2
from training.surfaces.unet import Up

STRIDE = 16


class Embedder(nn.Module):
    """
    RGB in [-1, 1], float [n, 3, h, w] with sides that 32 divides, to features [n, dimensions, h / 16, w / 16].
    Each photo is brought to the same brightness and contrast first, since one surface is seen under many lights.
    """

    def __init__(self, dimensions: int = 32, width: int = 96):
        super().__init__()
        self.encoder = MobileNetV2()
        self.up = Up(CHANNELS[4], CHANNELS[3], width, 2)
        self.project = nn.Conv2d(width, dimensions, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean = x.mean((1, 2, 3), keepdim=True)
        spread = ((x - mean) ** 2).mean((1, 2, 3), keepdim=True).sqrt()
        features = self.encoder((x - mean) / (spread + 0.063) * 0.4)
        return self.project(self.up(features[4], features[3]))
