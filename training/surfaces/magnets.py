"""Magnetic tiles with masks, split by surface: its number stands in the name of every photo of it."""

from pathlib import Path

from training.surfaces.photos import Photo, in_fold, read_masked

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


def read_magnets(root: Path, part: str, by_kind: bool = False) -> list[Photo]:
    """Photos beside masks of the same stem; groups `magnetClean` and `magnetDefect`, or the kinds themselves."""
    photos = []
    for kind in KINDS:
        folder = root / f'MT_{kind}' / 'Imgs'
        group = kind if by_kind else 'magnetClean' if kind == 'Free' else 'magnetDefect'
        found = read_masked(folder, folder, group, surface_of, '.jpg', '.png')
        photos += [p for p in found if part_of(p.source) == part]
    return photos
