"""Building blocks of the YOLOX family, in the order in which they run (weights are mapped by that order).

Source: Ge et al., YOLOX, arXiv 2107.08430; depthwise-separable variant. All tensors are [N, C, H, W].
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class ConvUnit(nn.Module):
    """Convolution, batch norm, and SiLU or what takes its place."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        size: int,
        stride: int = 1,
        groups: int = 1,
        pad: int | None = None,
        activation: Callable[[Tensor], Tensor] = F.silu,
    ):
        super().__init__()
        self.activation = activation
        pad = size // 2 if pad is None else pad
        self.conv = nn.Conv2d(inputs, outputs, size, stride, pad, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.05)

    def forward(self, x: Tensor) -> Tensor:
        return self.activation(self.norm(self.conv(x)))


def separable(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """Depthwise 3x3, then pointwise."""
    return nn.Sequential(ConvUnit(inputs, inputs, 3, stride, groups=inputs), ConvUnit(inputs, outputs, 1))


class Bottleneck(nn.Module):
    def __init__(self, channels: int, shortcut: bool):
        super().__init__()
        self.squeeze = ConvUnit(channels, channels, 1)
        self.spread = separable(channels, channels)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        y = self.spread(self.squeeze(x))
        return x + y if self.shortcut else y


class CrossStage(nn.Module):
    """Cross-stage-partial block: half of the channels pass `depth` bottlenecks."""

    def __init__(self, inputs: int, outputs: int, depth: int, shortcut: bool):
        super().__init__()
        half = outputs // 2
        self.left = ConvUnit(inputs, half, 1)
        self.right = ConvUnit(inputs, half, 1)
        self.blocks = nn.Sequential(*[Bottleneck(half, shortcut) for _ in range(depth)])
        self.join = ConvUnit(2 * half, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        left, right = self.left(x), self.right(x)
        return self.join(torch.cat([self.blocks(left), right], 1))


class PyramidPool(nn.Module):
    """Max pools of 5, 9 and 13 beside the input; the larger two as repeated pools of 5, which is exact."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.reduce = ConvUnit(inputs, inputs // 2, 1)
        self.join = ConvUnit(inputs * 2, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.reduce(x)
        pooled = [x]
        for _ in range(3):
            pooled.append(F.max_pool2d(pooled[-1], 5, 1, 2))
        return self.join(torch.cat(pooled, 1))
