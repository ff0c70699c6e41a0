"""
Patch features for anomaly detection by memory: a segmenter of surface defects without its head. What it was
taught to tell apart lies far apart in its features, on surfaces that it has not seen too.
"""

import torch
from torch import nn
from torch.nn import functional as F

from training.surfaces.unet import Segmenter


class PatchFeatures(nn.Module):
    """RGB in [-1, 1], float [n, 3, h, w], to features [n, D, h / 8, w / 8], each the mean of 3 x 3 neighbours."""

    def __init__(self, net: Segmenter):
        super().__init__()
        self.net = net

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.avg_pool2d(self.net.finest(x), 3, 1, 1)
