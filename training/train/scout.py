"""Trains and exports the scout of a detector's pack, whose other files stay as they are.

    python -m training.train.scout <pack> [--resume] [--stage train|export|all]

The config's [scout] table has its width and schedule; how the app uses it stands in [tiling.firstLook.scout].
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.config import load_config
from training.data.detection_sets import DetectionSet, read_set
from training.data.views import ViewMaker
from training.export.scout import export_scout
from training.models.scout import STRIDE, Scout
from training.paths import RUNS
from training.train.loop import Schedule, fit, prepare

VIEW = ("side", "scales", "aim", "paste")
FOCUS = 1.5
#: A damage of few cells counts as much as one of so many.
LEAST_CELLS = 12
DAMAGED = 2.0


def suspicion_targets(boxes: Tensor, cells: int) -> tuple[Tensor, Tensor]:
    """Boxes [B, 5] (label, centre, size, in pixels) to target and weight of each cell, both [cells, cells].

    Every cell that a box touches is damaged. Those right beside it count for nothing: no matter which it is.
    """
    target, weight = torch.zeros(cells, cells), torch.ones(cells, cells)
    spans = [_span(box) for box in boxes.tolist()]
    for left, top, right, bottom in spans:
        weight[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1] = 0
    for left, top, right, bottom in spans:
        share = max(1.0, LEAST_CELLS / max(1, (right - left) * (bottom - top)))
        target[max(0, top) : bottom, max(0, left) : right] = 1
        weight[max(0, top) : bottom, max(0, left) : right] = DAMAGED * share
    return target, weight


def _span(box: list[float]) -> tuple[int, int, int, int]:
    _, x, y, width, height = box
    low = [int((centre - size / 2) // STRIDE) for centre, size in ((x, width), (y, height))]
    high = [int(-((centre + size / 2) // -STRIDE)) for centre, size in ((x, width), (y, height))]
    return low[0], low[1], high[0], high[1]


def suspicion_loss(logits: Tensor, boxes: list[Tensor]) -> Tensor:
    """Focal cross-entropy (Lin et al., arXiv 1708.02002) of logits [N, 1, S, S] by the number of damages."""
    pairs = [suspicion_targets(each, logits.shape[-1]) for each in boxes]
    target, weight = (torch.stack(maps)[:, None] for maps in zip(*pairs))
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    missing = torch.where(target > 0, 1 - logits.sigmoid(), logits.sigmoid()).detach()
    return (entropy * missing**FOCUS * weight).sum() / max(1, sum(len(each) for each in boxes))


def train_scout(config: dict, sets: DetectionSet, run_dir: Path, resume: bool) -> nn.Module:
    """The averaged network, kept as run_dir/last.pt."""
    settings = dict(config["scout"])
    net, batch = Scout(settings.pop("width")), settings.pop("batch")
    maker = ViewMaker(sets.train, {key: settings.pop(key) for key in VIEW}, sets.weights)
    schedule = Schedule(**settings)
    prepare(schedule.seed)

    def loss(model: nn.Module, images: Tensor, boxes: list[Tensor]) -> Tensor:
        return suspicion_loss(model(images), boxes)

    def draw(rng: np.random.Generator) -> tuple[Tensor, list[Tensor]]:
        return maker.batch(batch, rng)

    return fit(net, draw, loss, schedule, run_dir, resume=resume)


def main() -> None:
    parser = argparse.ArgumentParser(prog="training.train.scout", description=__doc__)
    parser.add_argument("pack", help="a file of training/configs without .toml")
    parser.add_argument("--resume", action="store_true", help="go on from the run's last checkpoint")
    parser.add_argument("--stage", choices=("train", "export", "all"), default="all")
    arguments = parser.parse_args()
    config = load_config(arguments.pack)
    run_dir = RUNS / arguments.pack / "scout"
    run_dir.mkdir(parents=True, exist_ok=True)
    if arguments.stage in ("train", "all"):
        train_scout(config, read_set(config["data"]), run_dir, arguments.resume)
    if arguments.stage in ("export", "all"):
        export_scout(config, run_dir / "last.pt")


if __name__ == "__main__":
    main()
