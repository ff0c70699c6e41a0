"""Training crops for segmenters: photos at their own scale with jitter, never a whole photo squeezed."""

import cv2
import numpy as np

from training.surfaces.photos import IGNORE, Photo

#: What lies right of and below a photo smaller than a tile; the manifest's `pad`.
PAD = 114


def place(image: np.ndarray, mask: np.ndarray, size: int, scale: tuple[float, float],
          rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """
    A size x size part of the photo resized by (x, y) `scale`. Where the photo is smaller it lies at the top
    left, as the app pads, and the rest is grey and ignored.
    """
    height, width = image.shape[:2]
    shown = (max(8, round(width * scale[0])), max(8, round(height * scale[1])))
    # cut first, resize then: a large photo is not resized whole for one crop
    cut_w, cut_h = min(width, int(size / scale[0]) + 1), min(height, int(size / scale[1]) + 1)
    x, y = int(rng.integers(0, width - cut_w + 1)), int(rng.integers(0, height - cut_h + 1))
    part, label = image[y : y + cut_h, x : x + cut_w], mask[y : y + cut_h, x : x + cut_w]
    shown = (min(size, shown[0]), min(size, shown[1]))
    method = cv2.INTER_AREA if min(scale) < 0.8 else int(rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
    part = cv2.resize(part, shown, interpolation=method)
    label = resize_labels(label, shown)
    canvas = np.full((size, size, 3), PAD, np.uint8)
    labels = np.full((size, size), IGNORE, np.uint8)
    canvas[: shown[1], : shown[0]] = part
    labels[: shown[1], : shown[0]] = label
    return canvas, labels


def resize_labels(label: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Area-weighted majority of defect against clean; ignored where any part of the pixel is."""
    defect = cv2.resize((label == 1).astype(np.float32), shape, interpolation=cv2.INTER_LINEAR)
    unknown = cv2.resize((label == IGNORE).astype(np.float32), shape, interpolation=cv2.INTER_LINEAR)
    return np.where(unknown > 0.01, IGNORE, defect > 0.5).astype(np.uint8)


def turn(image: np.ndarray, mask: np.ndarray, rng: np.random.Generator, upright: bool) -> tuple[np.ndarray, np.ndarray]:
    """Flips and transposition; `upright` photos only mirror left to right."""
    if rng.random() < 0.5:
        image, mask = image[:, ::-1], mask[:, ::-1]
    if not upright and rng.random() < 0.5:
        image, mask = image[::-1], mask[::-1]
    if not upright and rng.random() < 0.5:
        image, mask = image.transpose(1, 0, 2), mask.T
    return image, mask


def relight(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gain, offset, gamma, colour cast, and now and then noise, blur, grey or JPEG's blocks."""
    shade = np.arange(256, dtype=np.float32) / 255
    shade = np.clip(shade * rng.uniform(0.7, 1.35) + rng.uniform(-0.1, 0.1), 0, 1) ** rng.uniform(0.75, 1.3)
    cast = rng.uniform(0.92, 1.08, 3) if rng.random() < 0.6 else np.ones(3)
    table = np.clip(shade[:, None] * cast * 255 + 0.5, 0, 255).astype(np.uint8)
    image = cv2.LUT(np.ascontiguousarray(image), table.reshape(256, 1, 3))
    if rng.random() < 0.15:
        image = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    if rng.random() < 0.15:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.2))
    if rng.random() < 0.2:
        noise = rng.standard_normal(image.shape, np.float32) * rng.uniform(2, 9)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.15:
        _, data = cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 90))])
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return image


class Cropper:
    """Draws batches: a group by its weight, a photo of it, a crop of that."""

    def __init__(self, samples: list[Photo], weights: dict[str, float], size: int, scales: tuple[float, float],
                 upright: bool):
        self.by_group = {name: [s for s in samples if s.group == name] for name in weights}
        self.by_group = {name: found for name, found in self.by_group.items() if found}
        self.names = list(self.by_group)
        shares = np.array([weights[name] for name in self.names], float)
        self.shares = shares / shares.sum()
        self.size, self.scales, self.upright = size, scales, upright

    def crop(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        group = self.by_group[self.names[rng.choice(len(self.names), p=self.shares)]]
        sample = group[rng.integers(len(group))]
        base = np.exp(rng.uniform(*np.log(self.scales)))
        ratio = np.exp(rng.uniform(-0.1, 0.1))
        image, mask = turn(sample.image, sample.mask, rng, self.upright)
        image, mask = place(image, mask, self.size, (base * ratio, base / ratio), rng)
        return relight(image, rng), mask

    def batch(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """uint8 RGB [count, 3, size, size] and labels [count, size, size]."""
        images, masks = zip(*[self.crop(rng) for _ in range(count)])
        return np.stack(images)[..., ::-1].transpose(0, 3, 1, 2).copy(), np.stack(masks)
