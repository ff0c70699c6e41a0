"""Training of a YOLOX detector in the stages of its config, from COCO weights or from a shipped version."""

from pathlib import Path

import numpy as np
import torch
from torch import nn

from training.data.detection_sets import DetectionSet
from training.data.views import ViewMaker
from training.evaluate.detection import match_all, mean_precision
from training.evaluate.detector import detect
from training.export.onnx import RawHeads
from training.models.coco import load_coco
from training.models.shipped import load_shipped
from training.models.yolox import Yolox
from training.paths import STARTS, WEIGHTS
from training.train.loop import Schedule, fit, prepare
from training.train.losses import detection_loss
from training.train.precision import mixed

VIEW = ("side", "scales", "aim", "mosaic", "paste", "colour")


def train_detector(config: dict, sets: DetectionSet, manifest: dict, run_dir: Path, resume: bool) -> nn.Module:
    """The averaged network of the last stage, kept as run_dir/final.pt.

    With `resume` a finished stage is not run again and an unfinished one goes on from its checkpoint.
    Progress is measured on the tune part, never on what is reported.
    """
    net = Yolox(len(config["data"]["labels"]))
    fresh = True
    for stage in config["stages"]:
        folder = run_dir / stage["name"]
        folder.mkdir(parents=True, exist_ok=True)
        done = folder / "done.pt"
        if resume and done.exists():
            net.load_state_dict(torch.load(done, weights_only=True))
        else:
            net = _run_stage(net, config.get("start") if fresh else None, fresh, stage, sets, manifest, folder, resume)
            torch.save(net.state_dict(), done)
        fresh = False
    torch.save(net.state_dict(), run_dir / "final.pt")
    return net


def _run_stage(net: Yolox, start: dict | None, fresh: bool, stage: dict, sets: DetectionSet, manifest: dict, folder: Path, resume: bool):
    view = {key: stage[key] for key in VIEW if key in stage}
    rest = {key: value for key, value in stage.items() if key not in VIEW and key not in ("name", "batch")}
    schedule = Schedule(**rest)
    prepare(schedule.seed)
    maker = ViewMaker(sets.train, view, sets.weights)
    if fresh:
        calibration, _ = maker.batch(24, np.random.default_rng([schedule.seed, 2**31]))
        if start:
            load_shipped(net, STARTS / start["file"], start["sha256"], calibration)
        else:
            load_coco(net, WEIGHTS / "yolox_nano-coco.onnx", calibration)

    def loss(model: nn.Module, images: torch.Tensor, targets: list[torch.Tensor]) -> torch.Tensor:
        with mixed():
            maps = model(images)
        return detection_loss(maps, targets)

    def progress(average: nn.Module) -> dict[str, float]:
        answers = [detect(torch_runner(average), s.image, manifest) for s in sets.tune]
        m50, m5095, _ = mean_precision(match_all(answers, [s.boxes for s in sets.tune], net.classes))
        return {"tune_mAP50": round(m50, 4), "tune_mAP50_95": round(m5095, 4)}

    return fit(net, lambda rng: maker.batch(stage["batch"], rng), loss, schedule, folder, progress, resume)


def torch_runner(net: nn.Module):
    """[1, 3, S, S] array to [1, cells, 5 + classes] array by the network itself."""
    heads = RawHeads(net).eval()

    def run(tensor: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            images = torch.from_numpy(tensor).contiguous(memory_format=torch.channels_last)
            return heads(images).numpy()

    return run
