"""A shipped file as the start of a run: the same function, with batch norm put back."""

import hashlib

import pytest
import torch

from training.export.half import store_halves
from training.export.mirrored import MirroredHeads, MirroredMask
from training.export.onnx import export_onnx, fused
from training.models.shipped import load_shipped
from training.models.yolox import Yolox
from training.surfaces.export import WithImageLevel, fused as fused_segmenter
from training.surfaces.unet import Segmenter

SIDE = 64


def lived(net: torch.nn.Module) -> torch.nn.Module:
    """With statistics that differ from a new network's."""
    torch.manual_seed(3)
    net.train()
    for _ in range(3):
        net(torch.rand(2, 3, SIDE, SIDE))
    return net.eval()


CASES = {
    "detector": (lambda: Yolox(2), lambda net: MirroredHeads(fused(net)), ["predictions"]),
    "segmenter": (
        lambda: Segmenter(1, True, (96, 64, 48), 2),
        lambda net: WithImageLevel(MirroredMask(fused_segmenter(net)), 4, 2, -0.1),
        ["logits", "imageLogit"],
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_shipped_file_comes_back_as_the_network_it_was(kind, tmp_path):
    make, wrap, outputs = CASES[kind]
    net, path = lived(make()), tmp_path / "start.onnx"
    export_onnx(wrap(net), torch.zeros(1, 3, SIDE, SIDE), path, "images", outputs)
    store_halves(path)
    again, images = make(), torch.rand(4, 3, SIDE, SIDE)
    load_shipped(again, path, hashlib.sha256(path.read_bytes()).hexdigest(), images)
    flat = lambda answer: torch.cat([part.flatten() for part in answer]) if isinstance(answer, list) else answer.flatten()
    with torch.no_grad():
        wanted, found = flat(net(images)), flat(again.eval()(images))
    # weights were rounded to halves
    assert (found - wanted).abs().max() < 0.02 * wanted.abs().max()
    norms = [m for m in again.modules() if isinstance(m, torch.nn.BatchNorm2d)]
    assert norms and all((m.running_var - 1).abs().max() > 1e-3 for m in norms)


def test_a_file_of_another_hash_is_refused(tmp_path):
    path = tmp_path / "start.onnx"
    path.write_bytes(b"other")
    with pytest.raises(ValueError, match="SHA-256"):
        load_shipped(Yolox(1), path, "0" * 64, torch.zeros(1, 3, SIDE, SIDE))
