"""Pictures without damage, made of the parts of labelled pictures that hold no box: mirrored outwards to full size."""

import cv2
import numpy as np

from training.data.sample import Sample

STEP = 8


def clean_part(sample: Sample, least: int) -> Sample | None:
    """The largest rectangle free of boxes, at least `least` px in both ways, mirrored to the picture's size."""
    height, width = sample.image.shape[:2]
    found = _largest_free(sample.boxes[:, 1:], width, height, least)
    if found is None:
        return None
    x1, y1, x2, y2 = found
    part = sample.image[y1:y2, x1:x2]
    rows, columns = _mirrored(height, y2 - y1), _mirrored(width, x2 - x1)
    return Sample(f"clean part of {sample.name}", part[rows][:, columns], sample.boxes[:0])


def clean_parts(samples: list[Sample], least: int) -> list[Sample]:
    return [part for part in (clean_part(sample, least) for sample in samples) if part is not None]


def _mirrored(length: int, period: int) -> np.ndarray:
    """Indices 0 … period - 1, back and forth, [length]."""
    at = np.arange(length) % (2 * period)
    return np.where(at < period, at, 2 * period - 1 - at)


def _largest_free(boxes: np.ndarray, width: int, height: int, least: int) -> tuple[int, int, int, int] | None:
    """On a grid of STEP px; None where nothing is large enough."""
    taken = np.zeros((height, width), np.uint8)
    for x1, y1, x2, y2 in boxes.astype(int):
        cv2.rectangle(taken, (x1, y1), (x2, y2), 1, -1)
    sums = cv2.integral(taken)
    best, place = 0, None
    for y1 in range(0, height - least + 1, STEP):
        for y2 in range(y1 + least, height + 1, STEP):
            for x1 in range(0, width - least + 1, STEP):
                for x2 in range(width, x1 + least - 1, -STEP):
                    size = (x2 - x1) * (y2 - y1)
                    if size <= best:
                        break
                    if sums[y2, x2] - sums[y1, x2] - sums[y2, x1] + sums[y1, x1] == 0:
                        best, place = size, (x1, y1, x2, y2)
                        break
    return place
