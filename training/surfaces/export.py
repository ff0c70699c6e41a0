"""What a segmenter's pack holds: the network with its norms folded away and, where asked, a whole-photo answer."""

import copy

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from training.surfaces.mobilenet import ConvBn


def fused(net: nn.Module) -> nn.Module:
    """A copy for inference with each ConvBn's norm folded into its convolution."""
    net = copy.deepcopy(net).eval()
    for unit in net.modules():
        if isinstance(unit, ConvBn):
            unit.conv, unit.bn = fuse_conv_bn_eval(unit.conv, unit.bn), nn.Identity()
    return net


#: Logit of what lies outside the photo.
SURELY_CLEAN = -12.0


class WithImageLevel(nn.Module):
    """
    Mask logits [1, 1, h, w] and the logit [1, 1] of the tile as a whole: the highest mean over `cells` x `cells`
    neighbouring mask logits, so that a single hot pixel says little. What is padding (the value `pad` in all
    channels) counts as surely clean: there the network was taught nothing. The manifest's temperature and bias
    make it a probability.
    """

    def __init__(self, net: nn.Module, cells: int, stride: int, pad: float):
        super().__init__()
        self.net, self.cells, self.stride, self.pad = net, cells, stride, pad

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        logits, away = self.net(x), x - self.pad
        differs = (F.relu(away) + F.relu(-1 * away)).amax(1, keepdim=True)
        inside = F.avg_pool2d((differs * 1e4).clamp(0, 1), self.stride)
        seen = logits * inside + SURELY_CLEAN * (1 - inside)
        return logits, F.avg_pool2d(seen, self.cells, self.cells // 2).amax((2, 3))
