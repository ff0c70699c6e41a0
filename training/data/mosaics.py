"""Many training files of wind-blade are mosaics of four photos, which no inspection shows: cut them apart.

The data's own score table says which files are mosaics; the seams are found in the picture.
"""

from pathlib import Path

import numpy as np

from training.data.augment import clip_boxes
from training.data.sample import Sample

SEAM_SCORE = 0.45
SMALLEST = 96


def read_scores(table: Path) -> dict[str, float]:
    """File name to seam score, from lines of `score <tab> file name`."""
    rows = [line.split("\t") for line in table.read_text().splitlines() if line.strip()]
    return {name.strip(): float(score) for score, name in rows}


def find_seam(image: np.ndarray) -> tuple[int, int]:
    """Column and row, in the middle half, where neighbours differ most along a whole line.

    A line's step is compared with the steps beside it, so that busy ground does not pass for a seam.
    """
    grey = image.astype(np.float32).mean(2)
    return _strongest(np.abs(np.diff(grey, axis=1))), _strongest(np.abs(np.diff(grey, axis=0)).T)


def _strongest(steps: np.ndarray) -> int:
    """steps [lines, n - 1] between neighbours; the index after the step that most lines share."""
    beside = np.maximum(np.roll(steps, 1, 1), np.roll(steps, -1, 1))
    share = np.mean(np.clip(steps - beside, 0, 40), 0)
    quarter = (steps.shape[1] + 1) // 4
    return quarter + int(np.argmax(share[quarter : 3 * quarter])) + 1


def crop(sample: Sample, x1: int, y1: int, x2: int, y2: int) -> Sample:
    """A rectangle of a photo with the boxes that it shows."""
    boxes = clip_boxes(sample.boxes - np.float32([0, x1, y1, x1, y1]), x2 - x1, y2 - y1)
    return Sample(sample.name, np.ascontiguousarray(sample.image[y1:y2, x1:x2]), boxes)


def cut_apart(sample: Sample) -> list[Sample]:
    """The four photos of a mosaic; quarters too small to learn from are dropped."""
    height, width = sample.image.shape[:2]
    x, y = find_seam(sample.image)
    quarters = [(0, 0, x, y), (x, 0, width, y), (0, y, x, height), (x, y, width, height)]
    return [crop(sample, *q) for q in quarters if min(q[2] - q[0], q[3] - q[1]) >= SMALLEST]
