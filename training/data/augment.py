"""Random views of photos for detectors: scale, crop, flips, light, noise. Everything drawn from one generator."""

import cv2
import numpy as np

from training.data.sample import Sample

PAD = 114
FILTERS = (cv2.INTER_LINEAR, cv2.INTER_AREA, cv2.INTER_CUBIC)


def random_view(sample: Sample, side: int, scales: tuple[float, float], rng: np.random.Generator, aim: float = 0.0):
    """A side x side view at a log-uniform scale with an aspect of +-12 %.

    With probability `aim` the view holds one of the damages, else it lies anywhere. Boxes less than 35 %
    visible or under 2 px are dropped. Returns image [side, side, 3] uint8 and boxes [B, 5].
    """
    scale = np.exp(rng.uniform(*np.log(scales)))
    aspect = np.exp(rng.uniform(-0.12, 0.12))
    sx, sy = scale * aspect, scale / aspect
    image, boxes = sample.image, sample.boxes
    target = boxes[rng.integers(len(boxes)), 1:] if len(boxes) and rng.random() < aim else None
    ox = _offset(image.shape[1] * sx, side, rng, None if target is None else target[[0, 2]] * sx)
    oy = _offset(image.shape[0] * sy, side, rng, None if target is None else target[[1, 3]] * sy)
    # pixel centres: a photo's pixel i covers [i, i + 1)
    matrix = np.float32([[sx, 0, ox + (sx - 1) / 2], [0, sy, oy + (sy - 1) / 2]])
    if scale < 0.75:
        image = cv2.GaussianBlur(image, (0, 0), 0.4 / scale)
    flags = int(rng.choice(FILTERS))
    view = cv2.warpAffine(image, matrix, (side, side), flags=flags, borderValue=(PAD, PAD, PAD))
    return view, clip_boxes(boxes * [1, sx, sy, sx, sy] + [0, ox, oy, ox, oy], side, side)


def _offset(length: float, side: int, rng: np.random.Generator, target) -> float:
    """Where the photo starts in the view; `target` is the span that should be seen."""
    slack = side - length
    low, high = min(0.0, slack), max(0.0, slack)
    if target is not None and slack < 0:
        middle = target.mean()
        low, high = max(low, -middle + 0.1 * side), min(high, -middle + 0.9 * side)
        if low > high:
            low = high = float(np.clip(side / 2 - middle, slack, 0))
    return rng.uniform(low, high)


def clip_boxes(boxes: np.ndarray, width: float, height: float, visible: float = 0.35) -> np.ndarray:
    """Boxes cut to the view; those with less than `visible` of their area left are dropped."""
    if len(boxes) == 0:
        return boxes.astype(np.float32)
    area = (boxes[:, 3] - boxes[:, 1]) * (boxes[:, 4] - boxes[:, 2])
    cut = boxes.copy()
    cut[:, 1::2] = cut[:, 1::2].clip(0, width)
    cut[:, 2::2] = cut[:, 2::2].clip(0, height)
    w, h = cut[:, 3] - cut[:, 1], cut[:, 4] - cut[:, 2]
    return cut[(w * h > visible * area) & (w > 2) & (h > 2)].astype(np.float32)


def flip(image: np.ndarray, boxes: np.ndarray, rng: np.random.Generator):
    """Both mirrors and the transpose, each with probability one half: the eight ways a photo can lie."""
    boxes = boxes.copy()
    height, width = image.shape[:2]
    if rng.random() < 0.5:
        image = image[:, ::-1]
        boxes[:, [1, 3]] = width - boxes[:, [3, 1]]
    if rng.random() < 0.5:
        image = image[::-1]
        boxes[:, [2, 4]] = height - boxes[:, [4, 2]]
    if rng.random() < 0.5:
        image = image.transpose(1, 0, 2)
        boxes = boxes[:, [0, 2, 1, 4, 3]]
    return image, boxes


def relight(image: np.ndarray, rng: np.random.Generator, colour: bool = True) -> np.ndarray:
    """Gain, offset, gamma, now and then a colour cast, noise or blur; float32, 0 to 255."""
    out = image.astype(np.float32) * np.float32(rng.uniform(0.7, 1.35)) + np.float32(rng.uniform(-20, 20))
    if colour and rng.random() < 0.5:
        out *= rng.uniform(0.92, 1.08, (1, 1, 3)).astype(np.float32)
    out = out.clip(0, 255, out=out)
    if rng.random() < 0.3:
        out = 255 * np.power(out / 255, np.float32(rng.uniform(0.8, 1.25)))
    if rng.random() < 0.15:
        noise = rng.standard_normal((*out.shape[:2], 1), np.float32)
        out = (out + noise * np.float32(rng.uniform(2, 8))).clip(0, 255)
    if rng.random() < 0.1:
        out = cv2.GaussianBlur(out, (3, 3), 0)
    return out


def to_centre(boxes: np.ndarray) -> np.ndarray:
    """[B, 5] corners to label, centre and size."""
    low, high = boxes[:, 1:3], boxes[:, 3:5]
    return np.concatenate([boxes[:, :1], (low + high) / 2, high - low], 1).astype(np.float32)
