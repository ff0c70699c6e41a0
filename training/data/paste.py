"""Copy-paste of damage: a box cut from one photo, laid beside another photo's damage where the surface looks alike.

Idea: Ghiasi et al., arXiv 2012.07177. There is no mask here, so a patch fades out and seeks a like background;
near other damage it lands on the blade, not in the sky.
"""

import cv2
import numpy as np

from training.data.sample import Sample

MARGIN = 0.6  # of the box's longer side, on every side: what fades out
TRIES = 16
NEAR = 140  # pixels from the middle of a damage that is there
LIKE = 20.0  # greatest distance of border colours, 0-255, at which a patch is laid


def paste_damage(image: np.ndarray, boxes: np.ndarray, donor: Sample, rng: np.random.Generator):
    """One of the donor's damages laid into image [H, W, 3] uint8; boxes [B, 5] corners grow by its box.

    Nothing is laid where either has no damage, the patch is larger than half of the image, or no place tried is
    free and looks alike.
    """
    patch, box = _cut(donor, rng)
    if patch is None or len(boxes) == 0 or max(patch.shape[:2]) > min(image.shape[:2]) / 2:
        return image, boxes
    height, width = patch.shape[:2]
    colour, best, place = _border(patch), LIKE, None
    for _ in range(TRIES):
        beside = boxes[rng.integers(len(boxes)), 1:]
        x = round((beside[0] + beside[2] - width) / 2 + rng.uniform(-NEAR, NEAR))
        y = round((beside[1] + beside[3] - height) / 2 + rng.uniform(-NEAR, NEAR))
        if not (0 <= x <= image.shape[1] - width and 0 <= y <= image.shape[0] - height):
            continue
        if _taken(boxes, x, y, width, height):
            continue
        distance = np.abs(_border(image[y : y + height, x : x + width]) - colour).max()
        if distance < best:
            best, place = distance, (x, y)
    if place is None:
        return image, boxes
    x, y = place
    under = image[y : y + height, x : x + width]
    shift = (_border(under) - colour)
    fade = _fade(box, width, height)[..., None]
    laid = (patch + shift).clip(0, 255) * fade + under * (1 - fade)
    image = image.copy()
    image[y : y + height, x : x + width] = laid + 0.5
    return image, np.concatenate([boxes, np.float32([[box[0], box[1] + x, box[2] + y, box[3] + x, box[4] + y]])])


def _cut(donor: Sample, rng: np.random.Generator):
    """A damage with its margin at 0.7 to 1.4 times its size, and its box [5] in the patch."""
    if len(donor.boxes) == 0:
        return None, None
    label, x1, y1, x2, y2 = donor.boxes[rng.integers(len(donor.boxes))]
    margin = MARGIN * max(x2 - x1, y2 - y1) + 2
    left, top = int(max(0, x1 - margin)), int(max(0, y1 - margin))
    right, bottom = int(min(donor.image.shape[1], x2 + margin)), int(min(donor.image.shape[0], y2 + margin))
    scale = np.exp(rng.uniform(np.log(0.7), np.log(1.4)))
    size = max(4, round((right - left) * scale)), max(4, round((bottom - top) * scale))
    patch = cv2.resize(donor.image[top:bottom, left:right], size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    sx, sy = size[0] / (right - left), size[1] / (bottom - top)
    box = np.float32([label, (x1 - left) * sx, (y1 - top) * sy, (x2 - left) * sx, (y2 - top) * sy])
    return patch.astype(np.float32), box


def _border(patch: np.ndarray) -> np.ndarray:
    """Mean colour [3] of the outermost pixels."""
    rim = (patch[0], patch[-1], patch[:, 0], patch[:, -1])
    return np.concatenate(rim).astype(np.float32).mean(0)


def _taken(boxes: np.ndarray, x: int, y: int, width: int, height: int) -> bool:
    if len(boxes) == 0:
        return False
    return bool(((boxes[:, 1] < x + width) & (boxes[:, 3] > x) & (boxes[:, 2] < y + height) & (boxes[:, 4] > y)).any())


def _fade(box: np.ndarray, width: int, height: int) -> np.ndarray:
    """[height, width]: 1 over the box, falling to 0 at the patch's rim."""

    def ramp(length: int, low: float, high: float) -> np.ndarray:
        at = np.arange(length) + 0.5
        rise = np.clip(at / max(low, 1.0), 0, 1) if low > 1 else np.ones(length)
        fall = np.clip((length - at) / max(length - high, 1.0), 0, 1) if length - high > 1 else np.ones(length)
        return np.minimum(rise, fall)

    return np.minimum.outer(ramp(height, box[2], box[4]), ramp(width, box[1], box[3])).astype(np.float32)
