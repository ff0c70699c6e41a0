"""A picture and its mirror image in one run, their answers averaged: twice the work, for packs that can afford it."""

import torch
from torch import Tensor, nn

from training.export.onnx import rows_of


class MirroredHeads(nn.Module):
    """Raw rows [1, cells, 5 + classes] of a detector, as RawHeads answers them."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        levels = []
        for level in self.net(torch.cat([x, x.flip(3)])):
            level = torch.cat([level[:, :4], level[:, 4:].sigmoid()], 1)
            turned = level[1:].flip(3)
            # A centre lies x strides right of its cell's left side: mirrored, 1 - x.
            turned = torch.cat([1 - turned[:, :1], turned[:, 1:]], 1)
            levels.append((level[:1] + turned) / 2)
        return rows_of(levels)


class MirroredMask(nn.Module):
    """Mean logits of a segmenter [1, classes, h, w]."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        logits = self.net(torch.cat([x, x.flip(3)]))
        return (logits[:1] + logits[1:].flip(3)) / 2
