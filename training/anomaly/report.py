"""Image-level AUROC of patch memories made of few or all clean photos."""

from typing import Callable

import numpy as np

from training.anomaly.memory import auroc, coreset, distances, photo_score, thinned
from training.evaluate.tiles import cut, plan_tiles
from training.export.golden import mulberry32
from training.surfaces.photos import Photo
from training.surfaces.predict import to_tensor

#: Patches for each one that the memory keeps.
THINNED_TO = 20

#: float32 [1, 3, size, size] -> [D, rows, columns]
Run = Callable[[np.ndarray], np.ndarray]


def patches_of(run: Run, image: np.ndarray, size: int, stride: int, resize: str) -> np.ndarray:
    """All patch features [n, D] of a photo; those that see padding only are left out."""
    height, width = image.shape[:2]
    found = []
    for tile in plan_tiles(width, height, size, resize, 0, [1]):
        grid = run(to_tensor(cut(image, tile, size)))
        seen = grid[:, : max(1, tile.placed_height // stride), : max(1, tile.placed_width // stride)]
        found.append(seen.reshape(len(grid), -1).T)
    return np.concatenate(found)


def all_patches(run: Run, config: dict, photos: list[Photo]) -> list[np.ndarray]:
    table = config['export']
    return [patches_of(run, p.image, table['size'], config['model']['stride'], table['resize']) for p in photos]


def memory_of(patches: list[np.ndarray], count: int, seed: int) -> np.ndarray:
    """At most `count` patches that stand for all, the very ones that the app chooses; many are thinned at random before."""
    draw = mulberry32(seed)
    bank = thinned(np.concatenate(patches), THINNED_TO * count, draw)
    return bank[coreset(bank, count, draw)]


def score_photos(patches: list[np.ndarray], memory: np.ndarray, share: float) -> np.ndarray:
    return np.array([photo_score(distances(p, memory), share) for p in patches])


def interval(scores: np.ndarray, defect: np.ndarray, sources: list[str], times: int = 500) -> tuple[float, float]:
    """95 % of auroc by drawing surfaces with replacement."""
    names = np.asarray(sources)
    members = [np.flatnonzero(names == n) for n in np.unique(names)]
    rng, drawn = np.random.default_rng(0), []
    for _ in range(times):
        chosen = np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])
        if 0 < defect[chosen].sum() < len(chosen):
            drawn.append(auroc(scores[chosen], defect[chosen]))
    return float(np.percentile(drawn, 2.5)), float(np.percentile(drawn, 97.5))
