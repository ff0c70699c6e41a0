"""Photos with masks: from mask images, from polygons, or known to be clean."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

THRESHOLD = 127
#: Label of pixels that are neither defect nor known to be clean.
IGNORE = 255


class BrokenFile(ValueError):
    """A photo or label that cannot be read; the message names the file."""


@dataclass
class Photo:
    """
    image uint8 BGR [height, width, 3]; mask uint8 [height, width], 1 is defect, IGNORE unknown. `source` names
    the photo that crops and augmented copies were cut from: splits are made by it. `group` has its own weight.
    """

    name: str
    source: str
    image: np.ndarray
    mask: np.ndarray
    group: str


def read_image(file: Path) -> np.ndarray:
    """uint8 BGR. Raises BrokenFile where the file is no image."""
    image = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if image is None:
        raise BrokenFile(f'{file.name}: not an image that can be decoded')
    return image


def read_mask(file: Path, height: int, width: int) -> np.ndarray:
    """uint8 [height, width], 1 above THRESHOLD; a smaller mask is enlarged to its photo first."""
    mask = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    if mask is None:
        raise BrokenFile(f'{file.name}: not a mask that can be decoded')
    if mask.shape != (height, width):
        mask = cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR)
    return (mask > THRESHOLD).astype(np.uint8)


def read_masked(images: Path, masks: Path, group: str, source=lambda stem: stem, image_end: str = '',
                mask_end: str = '') -> list[Photo]:
    """Photos that have a mask of the same stem; names may hold dots. Ends part the two in a common folder."""
    by_stem = {file.stem: file for file in masks.iterdir() if file.name.endswith(mask_end)}
    photos = []
    for file in sorted(images.iterdir()):
        if file.name.endswith(image_end) and file.stem in by_stem:
            image = read_image(file)
            photos.append(Photo(file.stem, source(file.stem), image, read_mask(by_stem[file.stem], *image.shape[:2]), group))
    return photos


def read_clean(files: list[Path], group: str) -> list[Photo]:
    """Photos known to show no defect."""
    images = [read_image(file) for file in files]
    return [Photo(f.stem, f.stem, image, np.zeros(image.shape[:2], np.uint8), group) for f, image in zip(files, images)]


def read_polygons(file: Path) -> list[np.ndarray]:
    """
    Lines `class x1 y1 x2 y2 ...` or `class cx cy w h`, as shares of the photo, to corners [n, 2]. A missing
    file has none. Raises BrokenFile at a line that is neither.
    """
    found = []
    for number, line in enumerate(file.read_text().splitlines() if file.exists() else [], 1):
        try:
            values = np.array([float(part) for part in line.split()[1:]])
        except ValueError as error:
            raise BrokenFile(f'{file.name}:{number}: {error}') from error
        if not line.split():
            continue
        if not np.isfinite(values).all() or len(values) < 4 or len(values) % 2:
            raise BrokenFile(f'{file.name}:{number}: neither a box nor a polygon')
        if len(values) == 4:
            (x, y), (w, h) = values[:2], values[2:] / 2
            values = np.array([x - w, y - h, x + w, y - h, x + w, y + h, x - w, y + h])
        found.append(values.reshape(-1, 2))
    return found


def fill(polygons: list[np.ndarray], height: int, width: int) -> np.ndarray:
    """Union of polygons given as shares, uint8 [height, width]."""
    mask = np.zeros((height, width), np.uint8)
    for points in polygons:
        cv2.fillPoly(mask, [np.round(points * [width, height]).astype(np.int32)], 1)
    return mask


def in_fold(source: str, folds: int) -> bool:
    """One source in `folds`, by the SHA-256 of its name: the same on every machine."""
    return int(hashlib.sha256(source.encode()).hexdigest(), 16) % folds == 0
