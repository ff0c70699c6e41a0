"""Training crops for segmenters: photos at their own scale with jitter, never a whole photo squeezed."""

import cv2
import numpy as np

from training.surfaces.photos import IGNORE, Photo

#: What lies right of and below a photo smaller than a tile; the manifest's `pad`.
PAD = 114
#: Narrower rests stay grey.
LEAST_FILLED = 48


def place(image: np.ndarray, mask: np.ndarray, size: tuple[int, int], scale: tuple[float, float],
          rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """
    A part of the photo resized by (x, y) `scale`, `size` wide and high. Where the photo is smaller it lies at the
    top left, as the app pads, and the rest is grey and ignored; the third answer is what it takes, wide and high.
    """
    height, width = image.shape[:2]
    shown = (max(8, round(width * scale[0])), max(8, round(height * scale[1])))
    # cut first, resize then: a large photo is not resized whole for one crop
    cut_w, cut_h = min(width, int(size[0] / scale[0]) + 1), min(height, int(size[1] / scale[1]) + 1)
    x, y = int(rng.integers(0, width - cut_w + 1)), int(rng.integers(0, height - cut_h + 1))
    part, label = image[y : y + cut_h, x : x + cut_w], mask[y : y + cut_h, x : x + cut_w]
    shown = (min(size[0], shown[0]), min(size[1], shown[1]))
    method = cv2.INTER_AREA if min(scale) < 0.8 else int(rng.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
    part = cv2.resize(part, shown, interpolation=method)
    label = resize_labels(label, shown)
    canvas = np.full((size[1], size[0], 3), PAD, np.uint8)
    labels = np.full((size[1], size[0]), IGNORE, np.uint8)
    canvas[: shown[1], : shown[0]] = part
    labels[: shown[1], : shown[0]] = label
    return canvas, labels, shown


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


def mix(images: np.ndarray, masks: np.ndarray, share: float, rng: np.random.Generator) -> None:
    """CutMix (Yun et al., ICCV 2019) for masks: of a `share` of the batch a rectangle is another crop's."""
    size = masks.shape[1]
    for place in np.flatnonzero(rng.random(len(images)) < share):
        other = int(rng.integers(len(images)))
        height, width = rng.integers(size // 4, size * 2 // 3, 2)
        y, x = int(rng.integers(size - height)), int(rng.integers(size - width))
        images[place, y : y + height, x : x + width] = images[other, y : y + height, x : x + width]
        masks[place, y : y + height, x : x + width] = masks[other, y : y + height, x : x + width]


class Cropper:
    """Draws batches: a group by its weight, a photo of it, a crop of that."""

    def __init__(self, samples: list[Photo], weights: dict[str, float], size: int, scales: tuple[float, float],
                 upright: bool, mixed: float = 0.0, filled: float = 0.0):
        self.by_group = {name: [s for s in samples if s.group == name] for name in weights}
        self.by_group = {name: found for name, found in self.by_group.items() if found}
        self.names = list(self.by_group)
        shares = np.array([weights[name] for name in self.names], float)
        self.shares = shares / shares.sum()
        self.size, self.scales, self.upright, self.mixed, self.filled = size, scales, upright, mixed, filled

    def crop(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        group = self.by_group[self.names[rng.choice(len(self.names), p=self.shares)]]
        image, mask = self._part(group, (self.size, self.size), rng.random() < self.filled, rng)
        return relight(image, rng), mask

    def _part(self, group: list[Photo], size: tuple[int, int], fill: bool, rng: np.random.Generator):
        """One photo's part; with `fill` what is left right of it and below holds other photos of the group."""
        sample = group[rng.integers(len(group))]
        base = np.exp(rng.uniform(*np.log(self.scales)))
        ratio = np.exp(rng.uniform(-0.1, 0.1))
        image, mask = turn(sample.image, sample.mask, rng, self.upright)
        image, mask, (width, height) = place(image, mask, size, (base * ratio, base / ratio), rng)
        right, below = np.s_[:height, width:], np.s_[height:]
        for free, area in ((right, (size[0] - width, height)), (below, (size[0], size[1] - height))):
            if fill and min(area) >= LEAST_FILLED:
                image[free], mask[free] = self._part(group, area, fill, rng)
        return image, mask

    def batch(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """uint8 RGB [count, 3, size, size] and labels [count, size, size]."""
        images, masks = (np.stack(part) for part in zip(*[self.crop(rng) for _ in range(count)]))
        mix(images, masks, self.mixed, rng)
        return images[..., ::-1].transpose(0, 3, 1, 2).copy(), masks
