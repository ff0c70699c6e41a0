"""Weights of a shipped ONNX file as the start of a new run, with batch norm put back.

Export folded each norm into its convolution. Initializers keep their modules' names behind a prefix, so they
are brought back by name. Norms get the statistics of calibration images, with gamma = std and beta = mean + bias:
the network computes exactly what the file does and trains as one with batch norm.
"""

import hashlib
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

HALF = "_half"


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Every initializer as float32 by the name that nodes use; halves lose the mark that `store_halves` gave them."""
    found = {t.name: numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}
    return {name.removesuffix(HALF): torch.from_numpy(v.astype("float32")) for name, v in found.items() if v.ndim}


@torch.no_grad()
def load_shipped(net: nn.Module, path: Path, sha256: str, images: Tensor) -> None:
    """Fills `net` from the file; images [N, 3, H, W] as the network takes them. Raises ValueError at another hash."""
    actual = hashlib.sha256(path.read_bytes()).hexdigest()
    if actual != sha256:
        raise ValueError(f"{path.name}: SHA-256 {actual} where the config names {sha256}")
    tensors, norms = read_tensors(path), {n: m for n, m in net.named_modules() if isinstance(m, nn.BatchNorm2d)}
    prefix = _prefix(net, tensors)
    for name, value in net.named_parameters():
        if name.rpartition(".")[0] not in norms:
            value.copy_(tensors[prefix + name])
    hooks = [m.register_forward_pre_hook(_settle(tensors[prefix + _conv_of(n) + ".bias"])) for n, m in norms.items()]
    was = net.training
    net.eval()
    net(images)
    for hook in hooks:
        hook.remove()
    net.train(was)


def _prefix(net: nn.Module, tensors: dict[str, Tensor]) -> str:
    """What wrappers put before the network's own names."""
    first = next(name for name, value in net.named_parameters() if value.ndim == 4)
    return next(name for name in tensors if name.endswith(first)).removesuffix(first)


def _conv_of(norm: str) -> str:
    return norm.rpartition(".")[0] + ".conv"


def _settle(bias: Tensor):
    """A hook that sets a norm from its input such that it only adds the folded bias."""

    def hook(norm: nn.BatchNorm2d, inputs: tuple[Tensor]) -> None:
        variance, mean = torch.var_mean(inputs[0], (0, 2, 3), correction=0)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.copy_(mean + bias)

    return hook
