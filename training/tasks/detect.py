"""The stages of a detector's pack: train, export, evaluate."""

import json
from pathlib import Path

import torch

from training.data.detection_sets import read_set
from training.data.hashing import folder_hash
from training.evaluate.detector_report import report_detector
from training.evaluate.image_level import report_image_level
from training.evaluate.plots import plot_progress
from training.export.card import fill_card
from training.export.golden import golden_case, write_golden
from training.export.half import store_halves, write_half
from training.export.manifest import pack_dir, write_manifest
from training.export.mirrored import MirroredHeads
from training.export.quantise import write_weight_only
from training.export.onnx import RawHeads, WithImageLevel, export_onnx, fused, open_onnx
from training.export.litert import tflite_path, write_tflite
from training.export.tfjs import write_tfjs
from training.models.yolox import STRIDES, Yolox
from training.paths import DATA
from training.train.detect import train_detector

OUTPUT, IMAGE_OUTPUT = "predictions", "imageLogit"


def base_manifest(config: dict) -> dict:
    """What the manifest says before thresholds and metrics are known."""
    labels, types = config["data"]["labels"], config["manifest"]["damage_types"]
    side = config["input"]["side"]
    return {
        "id": config["id"],
        "version": config["version"],
        "title": config["title"],
        "task": "detect",
        "input": {
            "name": "images",
            "width": side,
            "height": side,
            "layout": "nchw",
            "dtype": "float32",
            "channels": "bgr",
            "scale": 1,
            "mean": [0, 0, 0],
            "std": [1, 1, 1],
            "resize": config["input"]["resize"],
            "pad": 114,
        },
        "output": {"kind": "yolox", "name": OUTPUT, "strides": list(STRIDES)},
        "labels": [{"index": i, "name": n, "damageType": t} for i, (n, t) in enumerate(zip(labels, types))],
        "thresholds": {"default": 0.3, "perLabel": {}, "nmsIou": 0.5, **({"fuseIou": config["fuse_iou"]} if "fuse_iou" in config else {})},
        "tiling": config["tiling"],
        "licence": config["manifest"]["licence"],
    }


def train(config: dict, run_dir: Path, resume: bool) -> None:
    train_detector(config, read_set(config["data"]), base_manifest(config), run_dir, resume)


def export(config: dict, run_dir: Path) -> None:
    """fp32, fp16 and int8-weight files with their golden answers; fp16 is held against fp32's values."""
    net = Yolox(len(config["data"]["labels"]))
    net.load_state_dict(torch.load(run_dir / "final.pt", weights_only=True))
    folder, side = pack_dir(config), config["input"]["side"]
    full, half, small = (folder / f"model.{kind}.onnx" for kind in ("fp32", "fp16", "u8"))
    heads, example = (MirroredHeads if config["input"].get("mirrored") else RawHeads)(fused(net)), torch.zeros(1, 3, side, side)
    if "image_level" in config:
        export_onnx(WithImageLevel(heads), example, full, "images", [OUTPUT, IMAGE_OUTPUT])
    else:
        export_onnx(heads, example, full, "images", [OUTPUT])
    write_half(full, half)
    write_weight_only(full, small)
    if config.get("tfjs"):
        write_tfjs(full, folder / "tfjs")
    if precision := config.get("litert"):
        write_tflite(full, tflite_path(folder, precision), precision)
    store_halves(full)
    exact = open_onnx(full)
    cases = [golden_case(1, side, exact, "fp32"), golden_case(2, side, exact, "fp32")]
    cases += [golden_case(1, side, exact, "fp16"), golden_case(1, side, open_onnx(small), "uint8")]
    write_golden(folder / "golden.json", cases)


def evaluate(config: dict, run_dir: Path) -> None:
    """Thresholds from the tune part, figures on the reported part, both by the shipped files."""
    sets, folder = read_set(config["data"]), pack_dir(config)
    manifest, data = base_manifest(config), config["manifest"]["reported"]
    plots = run_dir / "plots"
    plots.mkdir(exist_ok=True)
    plot_progress([run_dir / stage["name"] / "progress.jsonl" for stage in config["stages"]], plots / "progress.png")
    thresholds, metrics, details = report_detector(sets, manifest, data, folder, plots)
    roots = [DATA / config["data"][key] for key in ("root", "tiles", "report") if key in config["data"]]
    details["data sha256"], details["data files"] = folder_hash(roots, DATA)
    if "image_level" in config:
        manifest["imageLevel"], rows = report_image_level(sets, manifest, config["image_level"], IMAGE_OUTPUT, data, folder)
        metrics += rows
    (run_dir / "report.json").write_text(json.dumps(details, indent=1))
    write_manifest(folder, {**manifest, "thresholds": thresholds, "metrics": metrics})
    fill_card(folder / "CARD.md", metrics, details)
    print(json.dumps({"thresholds": thresholds, "metrics": metrics, **details}, indent=1))
