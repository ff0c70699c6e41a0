"""Crack photos and clean surfaces, split by the photo that a crop was cut from."""

import re
from pathlib import Path

import numpy as np

from training.surfaces.photos import IGNORE, Photo, fill, in_fold, read_clean, read_masked, read_polygons

#: One source photo in this many is kept for the threshold.
FOLDS = 8


def deepcrack_source(stem: str) -> str:
    """`<photo>-<k>`: crop k of a photo."""
    return re.sub(r'-\d+$', '', stem)


def deepcrack_tile(stem: str) -> int:
    """0..8 are the cells of a 3 x 3 grid; higher ones are random crops that overlap them."""
    found = re.search(r'-(\d+)$', stem)
    return int(found.group(1)) if found else -1


def crackforest_part(stem: str) -> str:
    """Photos 5, 10, 15 ... report, 3, 13, 23 ... choose the threshold, the rest train."""
    number = int(stem)
    return 'report' if number % 5 == 0 else 'choose' if number % 10 == 3 else 'train'


def read_deepcrack(root: Path, part: str) -> list[Photo]:
    """`train` and `choose` are cut from the set's train folder by source photo; `report` is its valid folder."""
    folder = 'valid' if part == 'report' else 'train'
    samples = read_masked(root / folder, root / f'{folder}_lab', 'deepcrack', deepcrack_source)
    if part == 'report':
        return [s for s in samples if deepcrack_tile(s.name) <= 8]
    return [s for s in samples if in_fold(s.source, FOLDS) == (part == 'choose')]


def read_crackforest(root: Path, part: str) -> list[Photo]:
    return [s for s in read_masked(root / 'images', root / 'masks', 'crackforest') if crackforest_part(s.name) == part]


def read_tiles(root: Path, part: str) -> list[Photo]:
    """Concrete and ceramic tile; not reported, since their masks were drawn at a third of the size."""
    found = []
    for name in ('cracktile', 'crackconcrete'):
        found += read_masked(root / name / 'images', root / name / 'masks', 'tiles')
    return [s for s in found if in_fold(s.source, FOLDS) == (part == 'choose')]


def read_blades(images: Path, labels: Path) -> list[Photo]:
    """Blades and what is behind them as clean surface: seams, shadows, fields. Labelled damage is left open."""
    photos = read_clean(sorted(images.iterdir()), 'blades')
    for photo in photos:
        grown = [np.mean(p, 0) + (p - np.mean(p, 0)) * 1.5 for p in read_polygons(labels / f'{photo.name}.txt')]
        photo.mask = fill(grown, *photo.image.shape[:2]) * np.uint8(IGNORE)
    return photos


def read_free_magnets(root: Path, part: str, every: int = 4) -> list[Photo]:
    """Clean magnetic tiles. `report` is one surface in eight, by the surface's number."""
    files = sorted((root / 'MT_Free' / 'Imgs').glob('*.jpg'))
    return read_clean([f for f in files if in_fold(f.stem.split('_num_')[-1], 8) == (part == 'report')][::every], 'magnets')


def read_cracks(data: Path, part: str) -> list[Photo]:
    """All groups of one part: `train`, `choose` (threshold and checkpoint) or `report`."""
    cracks = data / 'cracks'
    samples = read_deepcrack(cracks / 'deepcrack', part) + read_crackforest(cracks / 'crackforest', part)
    if part != 'report':
        samples += read_tiles(cracks / 'concrete-tile', part)
    if part == 'train':
        blade = data / 'wind-blade' / 'train'
        samples += read_blades(blade / 'images', blade / 'labels')
    if part != 'choose':
        samples += read_free_magnets(data / 'magnetic-tile', part)
    return samples
