"""Rendered surfaces: clean ones, to count false alarms where the data has no clean photos, and cracked ones to learn from."""

import numpy as np

from training.surfaces.photos import Photo
from training.synth.defects import crack
from training.synth.scenes import LOW_SUN, OVERCAST, SUNNY, wall

KINDS, LIGHTS = ('concrete', 'coating', 'steel'), (SUNNY, OVERCAST, LOW_SUN)


def rendered_clean(count: int, seed: int) -> list[Photo]:
    """Concrete, coating and steel by turns, 480 x 640, each under another light."""
    return [_photo(np.random.default_rng([seed, i]), i, 480, 640, 0) for i in range(count)]


def rendered_cracks(count: int, seed: int) -> list[Photo]:
    """The same surfaces, 400 x 400, with one to three branching cracks of 1.5 to 9 px and their exact masks."""
    return [_photo(np.random.default_rng([seed, 1, i]), i, 400, 400, 1 + i % 3) for i in range(count)]


def _photo(rng: np.random.Generator, number: int, height: int, width: int, cracks: int) -> Photo:
    kind, light = KINDS[number % 3], LIGHTS[(number // 3) % 3]

    def damage(surface, generator):
        start = generator.uniform(0, 0.7, 2) * [width, height]
        return crack(surface, generator, tuple(start), generator.uniform(0, np.pi), generator.uniform(0.5, 1.2) * width,
                     float(np.exp(generator.uniform(np.log(1.5), np.log(9)))), generator.uniform(0.5, 0.95))

    scene = wall(rng, height, width, kind=kind, light=light, damage=[damage] * cracks, exposure=1.2)
    shares = np.max(scene.masks, 0) if cracks else np.zeros((height, width), np.float32)
    image = np.ascontiguousarray(scene.image[..., ::-1])
    return Photo(f'{kind}-{number}', f'{kind}-{number}', image, (shares > 0.5).astype(np.uint8), 'rendered')
