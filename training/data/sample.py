"""One photo with its boxes, as every reader gives it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np


class UnreadableData(Exception):
    """A file of the data that cannot be used; the message names it and says why."""


@dataclass(frozen=True)
class Sample:
    """image [H, W, 3] uint8 BGR; boxes [B, 5] float32: label, x1, y1, x2, y2 in pixels; name of the file."""

    name: str
    image: np.ndarray
    boxes: np.ndarray


def read_image(path: Path) -> np.ndarray:
    """[H, W, 3] uint8 BGR. Raises UnreadableData where the file is no picture."""
    import cv2

    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise UnreadableData(f"{path.name}: not a readable picture")
    return image


def as_boxes(rows: list[list[float]]) -> np.ndarray:
    return np.asarray(rows, np.float32).reshape(-1, 5)
