"""Magnetic tiles with masks, split by surface: its number stands in the name of every photo of it."""

from pathlib import Path

from training.surfaces.cracks import read_crackforest, read_deepcrack
from training.surfaces.photos import Photo, in_fold, read_masked
from training.surfaces.rust import read_rust

KINDS = ('Free', 'Blowhole', 'Break', 'Crack', 'Fray', 'Uneven')
#: One surface in three reports, one in eight of the rest chooses.
REPORT, CHOOSE = 3, 8


def surface_of(stem: str) -> str:
    """`expN_num_ID`: the surface's number."""
    return stem.split('_num_')[-1]


def part_of(surface: str) -> str:
    if in_fold(surface, REPORT):
        return 'report'
    return 'choose' if in_fold(f'{surface}/choose', CHOOSE) else 'train'


def read_magnets(root: Path, part: str) -> list[Photo]:
    """Photos beside masks of the same stem; groups `magnetClean` and `magnetDefect`."""
    photos = []
    for kind in KINDS:
        folder = root / f'MT_{kind}' / 'Imgs'
        found = read_masked(folder, folder, 'magnetClean' if kind == 'Free' else 'magnetDefect', surface_of, '.jpg', '.png')
        photos += [p for p in found if part_of(p.source) == part]
    return photos


def read_surfaces(data: Path, part: str) -> list[Photo]:
    """Magnetic tiles; to train on, cracks and corrosion too, so that the features know more than one surface."""
    photos = read_magnets(data / 'magnetic-tile', part)
    if part == 'train':
        cracks = data / 'cracks'
        photos += read_deepcrack(cracks / 'deepcrack', part) + read_crackforest(cracks / 'crackforest', part)
        photos += read_rust(data, part)
    return photos
