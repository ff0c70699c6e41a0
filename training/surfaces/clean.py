"""Rendered surfaces without any defect, to count false alarms where the data has no clean photos."""

import numpy as np

from training.surfaces.photos import Photo
from training.synth.scenes import LOW_SUN, OVERCAST, SUNNY, wall


def rendered_clean(count: int, seed: int) -> list[Photo]:
    """Concrete, coating and steel by turns, 480 x 640, each under another light."""
    photos = []
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        kind, light = ('concrete', 'coating', 'steel')[i % 3], (SUNNY, OVERCAST, LOW_SUN)[(i // 3) % 3]
        image = np.ascontiguousarray(wall(rng, 480, 640, kind=kind, light=light, damage=[], exposure=1.2).image[..., ::-1])
        photos.append(Photo(f'{kind}-{i}', f'{kind}-{i}', image, np.zeros(image.shape[:2], np.uint8), 'rendered'))
    return photos
