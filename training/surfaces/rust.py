"""Corrosion polygons as masks, split by the source photo behind each augmented copy."""

from pathlib import Path

from training.surfaces.cracks import read_crackforest, read_deepcrack, read_free_magnets
from training.surfaces.photos import Photo, fill, in_fold, read_image, read_polygons

FOLDS = 8


def read_rust(data: Path, part: str) -> list[Photo]:
    """`train` and `choose` are cut from the set's train folder by source; `report` is its valid folder."""
    folder = data / 'corrosion' / ('valid' if part == 'report' else 'train')
    photos = []
    for file in sorted((folder / 'images').iterdir()):
        source = file.stem.split('.rf.')[0]
        if part != 'report' and in_fold(source, FOLDS) != (part == 'choose'):
            continue
        image = read_image(file)
        mask = fill(read_polygons(folder / 'labels' / f'{file.stem}.txt'), *image.shape[:2])
        photos.append(Photo(file.stem, source, image, mask, 'corrosion'))
    return photos


def read_clear(data: Path, part: str) -> list[Photo]:
    """
    Photos of other sets as examples without corrosion: concrete, asphalt and clean tiles. `choose` and `report`
    take different source photos.
    """
    clear = read_crackforest(data / 'cracks' / 'crackforest', part) + read_free_magnets(data / 'magnetic-tile', part, 24)
    clear += read_deepcrack(data / 'cracks' / 'deepcrack', part)
    for photo in clear:
        photo.mask[:] = 0
    return clear
