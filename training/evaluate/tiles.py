"""Photos cut and resized as the browser does (core/vision/tiles.ts): the same tiles, the same padding."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

MAX_OVERLAP = 0.9


@dataclass(frozen=True)
class Tile:
    """Rectangle in photo pixels and the size that it is resized to at the tensor's top left."""

    x: int
    y: int
    width: int
    height: int
    placed_width: int
    placed_height: int


def _round(value: float) -> int:
    """As JavaScript rounds: halves go up."""
    return math.floor(value + 0.5)


def _spread(length: int, side: int, overlap: float, zoom: float) -> tuple[list[int], int, int]:
    whole = max(1, _round(length * zoom))
    if whole <= side:
        return [0], length, whole
    size = min(length, max(1, math.floor(side / zoom)))
    placed = min(side, max(1, _round(size * zoom)))
    stride = max(1, math.floor(size * (1 - min(max(overlap, 0), MAX_OVERLAP))))
    steps = math.ceil((length - size) / stride)
    starts = [0 if steps == 0 else _round(i * (length - size) / steps) for i in range(steps + 1)]
    return starts, size, placed


def plan_tiles(width: int, height: int, side: int, resize: str, overlap: float, scales: list[float]) -> list[Tile]:
    """Every tile of a photo for a square model input of `side`."""
    if resize == "stretch":
        return [Tile(0, 0, width, height, side, side)]
    tiles = []
    for zoom in dict.fromkeys(scales):
        columns, tile_width, placed_width = _spread(width, side, overlap, zoom)
        rows, tile_height, placed_height = _spread(height, side, overlap, zoom)
        tiles += [Tile(x, y, tile_width, tile_height, placed_width, placed_height) for y in rows for x in columns]
    return tiles


def resample(image: np.ndarray, width: int, height: int) -> np.ndarray:
    """
    uint8 [H, W, C] at another size, each axis by itself as browsers do: area mean where it shrinks, else bilinear.
    OpenCV's area mean is none where one axis grows.
    """
    across, down = _shares(image.shape[1], width), _shares(image.shape[0], height)
    lines = np.einsum("xw,hwc->hxc", across, image.astype(np.float32), optimize=True)
    return np.clip(np.rint(np.einsum("yh,hxc->yxc", down, lines, optimize=True)), 0, 255).astype(np.uint8)


def _shares(before: int, after: int) -> np.ndarray:
    """float32 [after, before]: what each pixel of the result is made of."""
    ratio, places = before / after, np.arange(after)[:, None]
    pixels = np.arange(before)[None]
    if ratio > 1:
        overlap = np.minimum((places + 1) * ratio, pixels + 1) - np.maximum(places * ratio, pixels)
        return (np.maximum(overlap, 0) / ratio).astype(np.float32)
    centres = np.clip((places + 0.5) * ratio - 0.5, 0, before - 1)
    return np.maximum(0, 1 - np.abs(pixels - centres)).astype(np.float32)


def cut(image: np.ndarray, tile: Tile, side: int, pad: int = 114) -> np.ndarray:
    """[side, side, 3] uint8 of the tile; bilinear where it grows, area mean where it shrinks."""
    crop = image[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width]
    if tile.placed_width < tile.width or tile.placed_height < tile.height:
        crop = resample(crop, tile.placed_width, tile.placed_height)
    elif crop.shape[:2] != (tile.placed_height, tile.placed_width):
        crop = cv2.resize(crop, (tile.placed_width, tile.placed_height), interpolation=cv2.INTER_LINEAR)
    out = np.full((side, side, 3), pad, np.uint8)
    out[: tile.placed_height, : tile.placed_width] = crop
    return out
