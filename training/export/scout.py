"""The scout's files in a pack: scout.onnx for the ONNX files, scout.tflite for the .tflite file."""

from pathlib import Path

import torch

from training.export.golden import golden_case, write_golden
from training.export.half import store_halves
from training.export.litert import write_tflite
from training.export.manifest import pack_dir, refresh_files
from training.export.onnx import export_onnx, fused, open_onnx
from training.models.scout import Scout


def export_scout(config: dict, weights: Path) -> None:
    """Writes the files and golden answers of `weights`, and names them in the manifest that is there already."""
    net = Scout(config["scout"]["width"])
    net.load_state_dict(torch.load(weights, weights_only=True))
    folder, side = pack_dir(config), config["input"]["side"]
    full, name = folder / "scout.onnx", config["tiling"]["firstLook"]["scout"]["name"]
    export_onnx(fused(net), torch.zeros(1, 3, side, side), full, "images", [name])
    if precision := config.get("litert"):
        write_tflite(full, folder / "scout.tflite", precision)
    store_halves(full)
    write_golden(folder / "golden.json", scout=[golden_case(1, side, open_onnx(full))])
    refresh_files(folder, tiling=config["tiling"])
