"""YOLOX-nano (0.9 M parameters): CSP backbone, path-aggregation neck, decoupled heads.

Input [N, 3, H, W], BGR 0-255, H and W multiples of 32. The original's focus layer plus 3x3 convolution
is written as one 6x6 convolution of stride 2, which computes the same (models/coco.py maps the weights).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.models.blocks import ConvUnit, CrossStage, PyramidPool, separable

STRIDES = (8, 16, 32)


class Backbone(nn.Module):
    """Features at strides 2, 4, 8, 16, 32 with 16, 32, 64, 128, 256 channels."""

    channels = (16, 32, 64, 128, 256)

    def __init__(self):
        super().__init__()
        self.stem = ConvUnit(3, 16, 6, 2, pad=2)
        self.stage2 = nn.Sequential(separable(16, 32, 2), CrossStage(32, 32, 1, True))
        self.stage3 = nn.Sequential(separable(32, 64, 2), CrossStage(64, 64, 3, True))
        self.stage4 = nn.Sequential(separable(64, 128, 2), CrossStage(128, 128, 3, True))
        self.stage5 = nn.Sequential(separable(128, 256, 2), PyramidPool(256, 256), CrossStage(256, 256, 1, False))

    def forward(self, x: Tensor) -> list[Tensor]:
        features = [self.stem(x)]
        for stage in (self.stage2, self.stage3, self.stage4, self.stage5):
            features.append(stage(features[-1]))
        return features


class Neck(nn.Module):
    """Top-down, then bottom-up fusion of strides 8, 16, 32; channels 64, 128, 256."""

    def __init__(self):
        super().__init__()
        self.lateral5 = ConvUnit(256, 128, 1)
        self.down4 = CrossStage(256, 128, 1, False)
        self.lateral4 = ConvUnit(128, 64, 1)
        self.down3 = CrossStage(128, 64, 1, False)
        self.step3 = separable(64, 64, 2)
        self.up4 = CrossStage(128, 128, 1, False)
        self.step4 = separable(128, 128, 2)
        self.up5 = CrossStage(256, 256, 1, False)

    def forward(self, c3: Tensor, c4: Tensor, c5: Tensor) -> list[Tensor]:
        top = self.lateral5(c5)
        middle = self.lateral4(self.down4(torch.cat([F.interpolate(top, scale_factor=2), c4], 1)))
        p3 = self.down3(torch.cat([F.interpolate(middle, scale_factor=2), c3], 1))
        p4 = self.up4(torch.cat([self.step3(p3), middle], 1))
        p5 = self.up5(torch.cat([self.step4(p4), top], 1))
        return [p3, p4, p5]


class Head(nn.Module):
    """One stride's head: [N, 4 + 1 + classes, h, w]: box, objectness, classes, all as logits or raw."""

    def __init__(self, inputs: int, classes: int):
        super().__init__()
        self.stem = ConvUnit(inputs, 64, 1)
        self.class_branch = nn.Sequential(separable(64, 64), separable(64, 64))
        self.class_prediction = nn.Conv2d(64, classes, 1)
        self.box_branch = nn.Sequential(separable(64, 64), separable(64, 64))
        self.box_prediction = nn.Conv2d(64, 4, 1)
        self.object_prediction = nn.Conv2d(64, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        classes = self.class_prediction(self.class_branch(x))
        boxes = self.box_branch(x)
        return torch.cat([self.box_prediction(boxes), self.object_prediction(boxes), classes], 1)


class Yolox(nn.Module):
    def __init__(self, classes: int):
        super().__init__()
        self.classes = classes
        self.backbone = Backbone()
        self.neck = Neck()
        self.heads = nn.ModuleList([Head(width, classes) for width in (64, 128, 256)])

    def forward(self, x: Tensor) -> list[Tensor]:
        """Raw maps, one per stride, [N, 5 + classes, H / stride, W / stride]."""
        features = self.backbone(x)
        return [head(level) for head, level in zip(self.heads, self.neck(*features[2:]))]


def decode(maps: list[Tensor], strides: tuple[int, ...] = STRIDES) -> tuple[Tensor, Tensor]:
    """Boxes from raw maps.

    Returns [N, cells, 5 + classes] (centre x, centre y, width, height in pixels, then logits) and the
    cells' [cells, 3] (centre x, centre y, stride).
    """
    boxes, cells = [], []
    for level, stride in zip(maps, strides):
        height, width = level.shape[2:]
        rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        grid = torch.stack([columns, rows], -1).view(-1, 2).to(level)
        flat = level.flatten(2).transpose(1, 2).float()
        centre = (flat[..., :2] + grid) * stride
        size = flat[..., 2:4].clamp(max=8).exp() * stride
        boxes.append(torch.cat([centre, size, flat[..., 4:]], -1))
        cells.append(torch.cat([(grid + 0.5) * stride, torch.full((len(grid), 1), float(stride))], -1))
    return torch.cat(boxes, 1), torch.cat(cells)
