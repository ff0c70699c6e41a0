"""A small network that says where on a photo damage may lie, so that the detector need not look elsewhere.

It sees the photo at its own size, for about a fifth of the multiplications that the detector takes for it enlarged,
and answers with one logit for each cell of 8 x 8 pixels. Blocks after ConvNeXt (Liu et al., arXiv 2201.03545): 5 x 5 depthwise, then two
pointwise of which the first is twice as wide. All tensors are [N, C, H, W].
"""

from torch import Tensor, nn
from torch.nn import functional as F

from training.models.blocks import ConvUnit

STRIDE = 8
PAD, SPREAD = 114, 64
#: Few cells hold damage; a network that begins by expecting it everywhere spends its first steps on unlearning that.
RARE = -4.0


def _linear(x: Tensor) -> Tensor:
    return x


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int = 1):
        super().__init__()
        self.spatial = ConvUnit(inputs, inputs, 5, stride, groups=inputs, activation=F.relu)
        self.widen = ConvUnit(inputs, 2 * outputs, 1, activation=F.relu)
        self.join = ConvUnit(2 * outputs, outputs, 1, activation=_linear)
        self.shortcut = inputs == outputs and stride == 1

    def forward(self, x: Tensor) -> Tensor:
        y = self.join(self.widen(self.spatial(x)))
        return x + y if self.shortcut else y


class Scout(nn.Module):
    """BGR 0 to 255 [N, 3, H, W] to logits [N, 1, H / 8, W / 8]; sides are multiples of 16."""

    def __init__(self, width: int = 16):
        super().__init__()
        wide = 4 * width
        self.stem = ConvUnit(3, width, 3, 2, activation=F.relu)
        self.fine = nn.Sequential(Block(width, 2 * width, 2), Block(2 * width, wide, 2), Block(wide, wide))
        self.coarse = nn.Sequential(Block(wide, wide, 2), Block(wide, wide), Block(wide, wide))
        self.head = nn.Sequential(Block(wide, wide), nn.Conv2d(wide, 1, 1))
        nn.init.constant_(self.head[-1].bias, RARE)

    def forward(self, x: Tensor) -> Tensor:
        fine = self.fine(self.stem((x - PAD) / SPREAD))
        return self.head(fine + F.interpolate(self.coarse(fine), scale_factor=2, mode="nearest"))
