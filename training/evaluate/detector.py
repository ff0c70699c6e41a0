"""A detector over whole photos: tiles, decoding, suppression, as the browser's pipeline."""

from collections.abc import Callable

import numpy as np
import torch
from torchvision.ops import batched_nms

from training.evaluate.detection import LIMIT, Answers, iou_matrix
from training.evaluate.tiles import Tile, cut, plan_tiles

MIN_SCORE = 0.001
CANDIDATES = 1000


def decode_rows(rows: np.ndarray, side: int, strides: list[int], tile: Tile, photo: tuple[int, int]):
    """Raw [cells, 5 + classes] (grid undecoded, scores after sigmoid) to boxes, scores, labels in photo pixels."""
    grid = np.concatenate(
        [
            np.stack([*np.meshgrid(np.arange(side // s), np.arange(side // s)), np.full((side // s, side // s), s)], -1).reshape(-1, 3)
            for s in strides
        ]
    )
    scores = np.minimum(1, rows[:, 4:5] * rows[:, 5:])
    cells, labels = np.nonzero(scores >= MIN_SCORE)
    scores = scores[cells, labels]
    best = np.argsort(-scores, kind="stable")[:CANDIDATES]
    cells, labels, scores = cells[best], labels[best], scores[best]
    stride = grid[cells, 2:]
    centre = (rows[cells, :2] + grid[cells, :2]) * stride
    half = np.exp(rows[cells, 2:4]) * stride / 2
    scale = np.array([tile.placed_width / tile.width, tile.placed_height / tile.height])
    start = np.array([tile.x, tile.y])
    boxes = np.concatenate([start + (centre - half) / scale, start + (centre + half) / scale], 1)
    limit = np.array([photo[0], photo[1]] * 2, float)
    return np.clip(boxes, 0, limit), scores, labels


def suppress(boxes: np.ndarray, scores: np.ndarray, labels: np.ndarray, thresholds: dict, fuse: bool = False) -> Answers:
    """The best of doubles, class by class; with `fuse` at the mean outline of those that agree with it (core/vision/nms.ts)."""
    rows = (torch.from_numpy(boxes), torch.from_numpy(scores.astype(np.float64)), torch.from_numpy(labels))
    kept = batched_nms(*rows, thresholds["nmsIou"])[:LIMIT].numpy()
    fused, least = boxes[kept], thresholds.get("fuseIou")
    if fuse and least is not None and len(kept):
        alike = (iou_matrix(fused, boxes) >= least) & (labels[kept][:, None] == labels[None])
        alike[np.arange(len(kept)), kept] = True
        weights = alike * scores[None].astype(np.float64)
        fused = weights @ boxes / weights.sum(1, keepdims=True)
    return Answers(fused, scores[kept], labels[kept])


def detect(run: Callable[[np.ndarray], np.ndarray], image: np.ndarray, manifest: dict) -> Answers:
    """run: [1, 3, S, S] float32 BGR 0-255 to [1, cells, 5 + classes]; image [H, W, 3] uint8 BGR."""
    side, tiling = manifest["input"]["width"], manifest["tiling"]
    height, width = image.shape[:2]
    parts = []
    for tile in plan_tiles(width, height, side, manifest["input"]["resize"], tiling["overlap"], tiling["scales"]):
        view = cut(image, tile, side, manifest["input"]["pad"])
        rows = run(np.ascontiguousarray(view.transpose(2, 0, 1)[None], np.float32))[0]
        found = decode_rows(rows, side, manifest["output"]["strides"], tile, (width, height))
        parts.append(suppress(*found, manifest["thresholds"], fuse=True))
    if len(parts) == 1:
        return parts[0]
    boxes, scores, labels = (np.concatenate([getattr(p, key) for p in parts]) for key in ("boxes", "scores", "labels"))
    return suppress(boxes, scores, labels, manifest["thresholds"])
