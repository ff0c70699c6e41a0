"""
`python -m training.synth.samples` renders public/samples: photos, exact masks and index.json, the same bytes
at every run with the same library versions.
"""

import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from . import defects as d
from .scenes import LOW_SUN, OVERCAST, SUNNY, Photo, blade, wall

OUT = Path(__file__).resolve().parents[2] / 'public' / 'samples'


def _leading_edge(rng: np.random.Generator) -> Photo:
    return blade(rng, 1200, 1600, angle=-0.12, centre=(700, 640), half_chord=390, taper=0.05, sweep=6, light=SUNNY,
                 behind='field', dirt=0.7, exposure=1.0,
                 damage=[lambda s, r: d.leading_edge_erosion(s, r, -330, 700, 0.17)])


def _lightning(rng: np.random.Generator) -> Photo:
    return blade(rng, 1200, 1600, angle=0.62, centre=(650, 560), half_chord=300, taper=0.16, sweep=8, light=OVERCAST,
                 behind='field', dirt=0.5, exposure=1.05,
                 damage=[lambda s, r: d.lightning_mark(s, r, (890, 760), 74),
                         lambda s, r: d.lightning_mark(s, r, (690, 545), 26)])


def _tip(rng: np.random.Generator) -> Photo:
    return blade(rng, 3000, 4000, angle=-0.5, centre=(1700, 1700), half_chord=640, taper=0.22, sweep=20, light=LOW_SUN,
                 behind='sky', dirt=0.6, exposure=0.95,
                 damage=[lambda s, r: d.crack(s, r, (1650, 1500), 1.0, 620, 6.5),
                         lambda s, r: d.flaking(s, r, (2420, 1330), 150),
                         lambda s, r: d.leading_edge_erosion(s, r, 100, 900, 0.12)])


def _trailing(rng: np.random.Generator) -> Photo:
    return blade(rng, 1200, 1600, angle=1.35, centre=(820, 560), half_chord=420, taper=0.04, sweep=4, light=SUNNY,
                 behind='sky', dirt=0.9, exposure=0.92,
                 damage=[lambda s, r: d.scratches(s, r, (760, 470), 1.1, 260, 5, 2.4),
                         lambda s, r: d.flaking(s, r, (960, 830), 85)])


def _clean(rng: np.random.Generator) -> Photo:
    return blade(rng, 1200, 1600, angle=0.25, centre=(800, 600), half_chord=330, taper=0.08, sweep=6, light=OVERCAST,
                 behind='sky', dirt=0.35, exposure=1.05, damage=[])


def _concrete(rng: np.random.Generator) -> Photo:
    return wall(rng, 1200, 1600, kind='concrete', light=LOW_SUN, exposure=1.25,
                damage=[lambda s, r: d.crack(s, r, (210, 240), 0.5, 1500, 5.0)])


def _coating(rng: np.random.Generator) -> Photo:
    return wall(rng, 3000, 4000, kind='coating', light=SUNNY, exposure=1.15,
                damage=[lambda s, r: d.corrosion(s, r, 0.06, 620)])


def _steel(rng: np.random.Generator) -> Photo:
    return wall(rng, 1200, 1600, kind='steel', light=OVERCAST, exposure=1.2,
                damage=[lambda s, r: d.scratches(s, r, (820, 560), 0.9, 700, 3, 4.0)])


SCENES = [
    ('blade-leading-edge', 'Leading edge, blade B', 'turbine', 'blade-damage', 11, 1.6, _leading_edge, ['leading-edge-erosion']),
    ('blade-lightning', 'Lightning marks near the tip', 'turbine', 'blade-damage', 23, 2.1, _lightning, ['lightning-mark', 'lightning-mark']),
    ('blade-tip', 'Crack and flaking, 12 megapixels', 'turbine', 'blade-damage', 37, 0.8, _tip, ['crack', 'flaking', 'leading-edge-erosion']),
    ('blade-trailing-side', 'Scratches and flaking', 'turbine', 'blade-damage', 41, 1.4, _trailing, ['scratch', 'flaking']),
    ('blade-clean', 'No damage', 'turbine', 'blade-damage', 53, 1.9, _clean, []),
    ('concrete-crack', 'Crack in a concrete wall', 'building', 'surface-crack', 61, 0.4, _concrete, ['crack']),
    ('coating-rust', 'Rust through a coating, 12 megapixels', 'tank', 'corrosion', 71, 0.25, _coating, ['corrosion']),
    ('steel-scratches', 'Scratched steel strip', 'other', 'steel-surface', 83, 0.1, _steel, ['scratch']),
]


def _box(mask: np.ndarray) -> list[int]:
    x, y, width, height = cv2.boundingRect((mask > 0.5).astype(np.uint8))
    return [x, y, width, height]


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    samples = []
    for name, title, asset, model, seed, mm, scene, kinds in SCENES:
        photo = scene(np.random.default_rng(seed))
        height, width = photo.image.shape[:2]
        quality = 80 if width > 2000 else 88
        Image.fromarray(photo.image).save(OUT / f'{name}.jpg', quality=quality, optimize=True)
        found = []
        for index, (kind, mask) in enumerate(zip(kinds, photo.masks)):
            file = f'{name}.{index + 1}.mask.png'
            Image.fromarray(mask > 0.5).convert('1').save(OUT / file, optimize=True)
            found.append({'type': kind, 'box': _box(mask), 'mask': file})
        samples.append({'id': name, 'file': f'{name}.jpg', 'width': width, 'height': height, 'title': title,
                        'assetType': asset, 'model': model, 'seed': seed, 'mmPerPixel': mm, 'defects': found})
    (OUT / 'index.json').write_text(json.dumps({'schema': 1, 'samples': samples}, indent=1) + '\n')


if __name__ == '__main__':
    main()
