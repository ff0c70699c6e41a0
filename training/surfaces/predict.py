"""
Runs a segmenter as the app does (core/vision/tiles.ts, stitch-masks.ts): each zoom's tiles padded right and
bottom, probabilities sampled bilinearly at the photo's own pixels, feathered together, kept in bytes.
"""

from typing import Callable

import cv2
import numpy as np
import torch

from training.evaluate.tiles import Tile, cut, plan_tiles
from training.surfaces.crops import PAD
from training.surfaces.masks import counts
from training.surfaces.photos import Photo
from training.train.precision import mixed

#: float32 RGB in [-1, 1], [1, 3, h, w], to logits [rows, columns].
Run = Callable[[np.ndarray], np.ndarray]
FEATHER = 0.2


def to_tensor(image: np.ndarray) -> np.ndarray:
    """uint8 BGR [h, w, 3] to float32 RGB [1, 3, h, w] in [-1, 1]."""
    return np.ascontiguousarray(image[..., ::-1].transpose(2, 0, 1)[None], np.float32) / np.float32(127.5) - 1


def sample(grid: np.ndarray, length: int, scale: float, stride: int) -> np.ndarray:
    """Rows of `grid` [n, ...] at `length` photo pixels, linearly between; `scale` tensor pixels per photo pixel."""
    at = np.clip((np.arange(length) + 0.5) * scale / stride - 0.5, 0, len(grid) - 1)
    low = np.floor(at).astype(int)
    share = (at - low).astype(np.float32).reshape(-1, *[1] * (grid.ndim - 1))
    return grid[low] * (1 - share) + grid[np.minimum(low + 1, len(grid) - 1)] * share


def ramp(start: int, length: int, whole: int) -> np.ndarray:
    """Weight of a tile's pixels along one axis: less towards edges that lie inside the photo."""
    reach = max(1.0, length * FEATHER)
    from_start = np.arange(length) + 0.5 if start > 0 else np.full(length, reach)
    from_end = length - np.arange(length) - 0.5 if start + length < whole else np.full(length, reach)
    return np.clip(np.minimum(from_start, from_end) / reach, 1 / 64, 1).astype(np.float32)


def answer(run: Run, image: np.ndarray, tile: Tile, size: int, stride: int, least: bool) -> np.ndarray:
    """
    Probabilities of a tile's photo pixels. `least` leaves out most of the padding: networks of limited reach
    give the same answer for less work.
    """
    shown = cut(image, tile, size)
    if least:
        height, width = ((n // 32 + 2) * 32 for n in (tile.placed_height, tile.placed_width))
        shown = shown[:height, :width]
    grid = 1 / (1 + np.exp(-run(to_tensor(shown)).astype(np.float32)))
    rows = sample(grid, tile.height, tile.placed_height / tile.height, stride)
    return sample(rows.T, tile.width, tile.placed_width / tile.width, stride).T


def predict(run: Run, image: np.ndarray, size: int, stride: int, overlap: float, zooms: list[float],
            least: bool = False) -> np.ndarray:
    """Probability of defect per photo pixel in 255ths, uint8 [h, w]; zooms are averaged."""
    height, width = image.shape[:2]
    maps = []
    for zoom in zooms:
        total, weights = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
        for tile in plan_tiles(width, height, size, 'tile', overlap, [zoom]):
            weight = np.outer(ramp(tile.y, tile.height, height), ramp(tile.x, tile.width, width))
            place = np.s_[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width]
            total[place] += answer(run, image, tile, size, stride, least) * weight
            weights[place] += weight
        maps.append(total / weights)
    return np.round(np.mean(maps, 0) * 255).astype(np.uint8)


def torch_run(net: torch.nn.Module) -> Run:
    """bfloat16 where it pays, for choosing among checkpoints; reports come from the exported file."""
    net.eval()

    @torch.no_grad()
    def run(tensor: np.ndarray) -> np.ndarray:
        with mixed():
            return net(torch.from_numpy(tensor).to(memory_format=torch.channels_last))[0, 0].float().numpy()

    return run


def predict_all(run: Run, config: dict, photos: list[Photo], least: bool = False) -> list[np.ndarray]:
    table, stride = config['export'], config['model']['stride']
    return [predict(run, p.image, table['size'], stride, table['overlap'], table['scales'], least) for p in photos]


def rows_of(maps: list[np.ndarray], photos: list[Photo], threshold: float, tolerance: int = 0) -> np.ndarray:
    """masks.counts of every photo [n, 6]."""
    return np.array([counts(m >= threshold * 255, p.mask, tolerance) for m, p in zip(maps, photos)])
