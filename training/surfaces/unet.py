"""
The segmenter: MobileNetV2 features at falling strides, each brought to the next by a 1x1 convolution, nearest
enlargement, addition and plain 3x3 convolutions, which run fast in WASM and quantise well.
"""

import torch
from torch import nn
from torch.nn import functional as F

from training.surfaces.mobilenet import CHANNELS, ConvBn, MobileNetV2


class Up(nn.Module):
    """Coarse features [n, inputs, h, w] and finer ones [n, skip, 2h, 2w] to [n, outputs, 2h, 2w]."""

    def __init__(self, inputs: int, skip: int, outputs: int, convolutions: int):
        super().__init__()
        self.narrow = nn.Conv2d(inputs, outputs, 1)
        self.lateral = nn.Conv2d(skip, outputs, 1, bias=False)
        self.fuse = nn.Sequential(*[ConvBn(outputs, outputs, 3) for _ in range(convolutions)])

    def forward(self, coarse: torch.Tensor, fine: torch.Tensor) -> torch.Tensor:
        coarse = F.interpolate(self.narrow(coarse), scale_factor=2, mode='nearest')
        return self.fuse(coarse + self.lateral(fine))


class Segmenter(nn.Module):
    """
    RGB in [-1, 1], float [n, 3, h, w] with sides that 32 divides, to logits [n, classes, h / stride, w / stride].
    `widths` are the decoder's channels from coarse to fine; `stride` 1 adds one pixel shuffle to stride 2.
    """

    def __init__(self, classes: int = 1, deep: bool = True, widths: tuple[int, ...] = (96, 48, 32, 16), stride: int = 1):
        super().__init__()
        self.stride = stride
        self.encoder = MobileNetV2(deep)
        channels = list(CHANNELS if deep else CHANNELS[:4])
        inputs, ups = channels.pop(), []
        for width in widths:
            ups.append(Up(inputs, channels.pop(), width, 1 if width <= 16 else 2))
            inputs = width
        self.ups = nn.ModuleList(ups)
        self.last = 2 ** (len(channels) + 1)  # stride of the finest features that are used
        self.shuffle = self.last // stride
        self.head = nn.Conv2d(inputs, classes * self.shuffle**2, 3 if self.shuffle > 1 else 1, padding='same')
        nn.init.constant_(self.head.bias, -2.0)

    def finest(self, x: torch.Tensor) -> torch.Tensor:
        """The decoder's last features, before the head."""
        features = self.encoder(x)
        x = features.pop()
        for up in self.ups:
            x = up(x, features.pop())
        return x

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.head(self.finest(x))
        return F.pixel_shuffle(x, self.shuffle) if self.shuffle > 1 else x
