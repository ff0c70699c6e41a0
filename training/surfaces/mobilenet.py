"""
MobileNetV2 (Sandler et al., CVPR 2018) as an encoder, with ImageNet weights dequantised from TensorFlow Lite.
Input RGB in [-1, 1]; stride 2 pads right and bottom only, as TensorFlow's SAME does.
"""

from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from training.surfaces.tflite import read_convolutions

#: expansion, channels, repeats, stride of the first
BLOCKS = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
#: Channels of the features at strides 2, 4, 8, 16 and 32.
CHANNELS = (16, 24, 32, 96, 320)


class ConvBn(nn.Module):
    """Convolution, batch norm, optional ReLU6."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1, act: bool = True):
        super().__init__()
        self.even = stride == 2
        padding = 0 if self.even else kernel // 2
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(outputs, momentum=0.05)
        self.act = act

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.even:
            x = F.pad(x, (0, 1, 0, 1))
        x = self.bn(self.conv(x))
        return F.relu6(x) if self.act else x


class Block(nn.Module):
    """Inverted residual."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int):
        super().__init__()
        wide = inputs * expansion
        layers = [ConvBn(inputs, wide, 1)] if expansion > 1 else []
        layers += [ConvBn(wide, wide, 3, stride, groups=wide), ConvBn(wide, outputs, 1, act=False)]
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.layers(x) if self.residual else self.layers(x)


class MobileNetV2(nn.Module):
    """Features at strides 2, 4, 8, 16 and, with `deep`, 32."""

    def __init__(self, deep: bool = True):
        super().__init__()
        stages, layers, channels = [], [ConvBn(3, 32, 3, 2)], 32
        for expansion, outputs, repeats, stride in BLOCKS if deep else BLOCKS[:5]:
            if stride == 2:
                stages.append(nn.Sequential(*layers))
                layers = []
            for i in range(repeats):
                layers.append(Block(channels, outputs, expansion, stride if i == 0 else 1))
                channels = outputs
        stages.append(nn.Sequential(*layers))
        self.stages = nn.ModuleList(stages)

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        features = []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        return features


def load_imagenet(net: MobileNetV2, file: Path, photos: torch.Tensor) -> None:
    """
    Fills `net` from a TFLite file whose batch norms were folded away, and puts them back: with the statistics
    of `photos` (float [n, 3, h, w] in [-1, 1]), gamma = std and beta = mean + bias, the function is the same
    and trains as one with batch norm does.
    """
    units = [m for m in net.modules() if isinstance(m, ConvBn)]
    found = read_convolutions(file)
    for unit, layer in zip(units, found):
        if unit.conv.weight.shape != layer.weight.shape:
            raise ValueError(f'{file.name}: {layer.weight.shape} where {tuple(unit.conv.weight.shape)} is expected')
        unit.conv.weight.data.copy_(torch.from_numpy(layer.weight))

    def settle(bias: torch.Tensor):
        def hook(unit: ConvBn, inputs) -> None:
            x = F.pad(inputs[0], (0, 1, 0, 1)) if unit.even else inputs[0]
            y = unit.conv(x)
            mean, var = y.mean((0, 2, 3)), y.var((0, 2, 3), unbiased=False)
            unit.bn.running_mean.copy_(mean)
            unit.bn.running_var.copy_(var)
            unit.bn.weight.data.copy_((var + unit.bn.eps).sqrt())
            unit.bn.bias.data.copy_(mean + bias)

        return hook

    hooks = [u.register_forward_pre_hook(settle(torch.from_numpy(l.bias))) for u, l in zip(units, found)]
    was = net.training
    net.eval()
    with torch.no_grad():
        net(photos)
    for hook in hooks:
        hook.remove()
    net.train(was)
