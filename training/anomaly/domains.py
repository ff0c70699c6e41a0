"""Surfaces from which episodes are drawn: views that are clean, and views that show damage, of like surfaces."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from training.surfaces.cracks import read_crackforest, read_deepcrack
from training.surfaces.crops import relight, turn
from training.surfaces.magnets import read_magnets
from training.surfaces.photos import Photo, fill, read_clean, read_polygons

#: Shorter side of a view in photo pixels.
VIEW = (128, 320)


@dataclass(frozen=True)
class Episode:
    """Views uint8 BGR [n, size, size, 3] and labels [n, size, size]; the first `references` are clean."""

    images: np.ndarray
    labels: np.ndarray
    references: int


def read_damaged_blades(folder: Path) -> list[Photo]:
    """Blade photos whose labelled boxes are damage; a mosaic's seams are part of the picture."""
    photos = read_clean(sorted((folder / 'images').iterdir()), 'blades')
    for photo in photos:
        photo.mask = fill(read_polygons(folder / 'labels' / f'{photo.name}.txt'), *photo.image.shape[:2])
    return photos


class Magnets:
    """Whole tiles. References are clean tiles of surfaces other than the asked ones; kinds of defect weigh the same."""

    def __init__(self, root: Path, part: str):
        photos = read_magnets(root, part, by_kind=True)
        self.clean = [p for p in photos if p.group == 'Free']
        self.kinds = [[p for p in photos if p.group == kind] for kind in sorted({p.group for p in photos} - {'Free'})]

    def draw(self, rng: np.random.Generator, references: int, asked: int, size: int) -> Episode:
        damaged = [_pick(rng, self.kinds[rng.integers(len(self.kinds))]) for _ in range(asked // 2)]
        clean = [self.clean[i] for i in rng.permutation(len(self.clean))[: references + asked - len(damaged)]]
        return _episode([_whole(rng, p, size) for p in clean + damaged], references, rng)


class Scenes:
    """Parts of larger photos; an episode's parts come from few photos, so clean and damaged ones are alike."""

    def __init__(self, photos: list[Photo], photos_each: int = 3):
        self.photos = [p for p in photos if (p.mask == 1).any() and (p.mask == 0).mean() > 0.3]
        self.photos_each = photos_each

    def draw(self, rng: np.random.Generator, references: int, asked: int, size: int) -> Episode:
        chosen = [self.photos[i] for i in rng.permutation(len(self.photos))[: self.photos_each]]
        side = int(rng.uniform(*VIEW))
        damaged = [_part(rng, _pick(rng, chosen), side, size, True) for _ in range(asked // 2)]
        clean = [_part(rng, _pick(rng, chosen), side, size, False) for _ in range(references + asked - len(damaged))]
        return _episode(clean + damaged, references, rng)


def read_domains(data: Path, part: str) -> dict[str, Magnets | Scenes]:
    cracks = data / 'cracks'
    return {
        'magnets': Magnets(data / 'magnetic-tile', part),
        'cracks': Scenes(read_deepcrack(cracks / 'deepcrack', part) + read_crackforest(cracks / 'crackforest', part)),
        'blades': Scenes(read_damaged_blades(data / 'wind-blade' / 'train'), 2),
    }


def _pick(rng: np.random.Generator, photos: list[Photo]) -> Photo:
    return photos[rng.integers(len(photos))]


def _whole(rng: np.random.Generator, photo: Photo, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The photo less up to a tenth at each edge, where no defect is lost by it, stretched to the view."""
    height, width = photo.mask.shape
    edges = rng.uniform(0, 0.1, 4) * [height, height, width, width]
    top, bottom, left, right = edges.astype(int)
    image, mask = photo.image[top : height - bottom, left : width - right], photo.mask[top : height - bottom, left : width - right]
    if mask.sum() < photo.mask.sum():
        image, mask = photo.image, photo.mask
    return _resize(image, mask, size)


def _part(rng: np.random.Generator, photo: Photo, side: int, size: int, damaged: bool) -> tuple[np.ndarray, np.ndarray]:
    """A square of the photo around a pixel of damage, or one without any (the best of several tries)."""
    height, width = photo.mask.shape
    side = min(side, height, width)
    spots = np.argwhere(photo.mask == 1)
    best = None
    for _ in range(12):
        y, x = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
        if damaged:
            spot = spots[rng.integers(len(spots))] - rng.integers(side // 8, side - side // 8, 2)
            y, x = (int(np.clip(v, 0, most - side)) for v, most in zip(spot, (height, width)))
        mask = photo.mask[y : y + side, x : x + side]
        if best is None or (mask == 1).sum() < best[0]:
            best = ((mask == 1).sum(), photo.image[y : y + side, x : x + side], mask)
        if damaged or best[0] == 0:
            break
    return _resize(best[1], best[2], size)


def _resize(image: np.ndarray, mask: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    shape = (size, size)
    return cv2.resize(image, shape, interpolation=cv2.INTER_LINEAR), cv2.resize(mask, shape, interpolation=cv2.INTER_NEAREST)


def _episode(views: list[tuple[np.ndarray, np.ndarray]], references: int, rng: np.random.Generator) -> Episode:
    """Views turned and lit anew, each by itself."""
    turned = [turn(image, mask, rng, False) for image, mask in views]
    images = np.stack([relight(image, rng) for image, _ in turned])
    return Episode(images, np.stack([mask for _, mask in turned]), references)
