"""Rendering: the same seed gives the same bytes, and masks lie where the photo was changed and nowhere else."""

import numpy as np
import pytest

from training.synth import defects
from training.synth.defects import crack_path, draw_crack
from training.synth.noise import fractal
from training.synth.scenes import OVERCAST, SUNNY, blade, wall

DAMAGE = {
    'crack': lambda s, r: defects.crack(s, r, (60, 60), 0.4, 160, 3.0),
    'flaking': lambda s, r: defects.flaking(s, r, (120, 90), 26),
    'lightning': lambda s, r: defects.lightning_mark(s, r, (120, 90), 22),
    'corrosion': lambda s, r: defects.corrosion(s, r, 0.05, 60),
}


def concrete(seed: int, damage: list) -> object:
    return wall(np.random.default_rng(seed), 180, 240, kind='concrete', light=SUNNY, damage=damage)


@pytest.mark.parametrize('name', DAMAGE)
def test_same_seed_same_photo(name):
    first, again = concrete(3, [DAMAGE[name]]), concrete(3, [DAMAGE[name]])
    assert (first.image == again.image).all() and (first.masks[0] == again.masks[0]).all()
    assert (first.image != concrete(4, [DAMAGE[name]]).image).any()


@pytest.mark.parametrize('name', ['crack', 'flaking', 'lightning'])
def test_the_mask_marks_what_the_damage_changed(name):
    def later(surface, rng):
        state = np.random.default_rng(5)
        before = surface.albedo.copy()
        share = DAMAGE[name](surface, state)
        changed = np.abs(surface.albedo - before).max(2)
        assert changed[share > 0.9].mean() > 3 * changed[share == 0].mean() + 0.01
        return share

    mask = concrete(3, [later]).masks[0]
    assert 0.001 < (mask > 0.5).mean() < 0.2 and mask.min() >= 0 and mask.max() <= 1


def test_damage_stays_on_the_blade():
    photo = blade(np.random.default_rng(2), 180, 240, angle=0.2, centre=(120, 90), half_chord=40, taper=0.02, sweep=2,
                  light=OVERCAST, behind='sky', damage=[lambda s, r: defects.crack(s, r, (20, 90), 1.4, 400, 3.0)])
    bare = blade(np.random.default_rng(2), 180, 240, angle=0.2, centre=(120, 90), half_chord=40, taper=0.02, sweep=2,
                 light=OVERCAST, behind='sky', damage=[])
    assert photo.image.shape == (180, 240, 3) and not bare.masks
    assert (photo.masks[0] > 0.5).any() and not (photo.masks[0][:20] > 0).any()


def test_a_crack_keeps_its_length_and_width():
    lines = crack_path(np.random.default_rng(0), (10, 50), 0.0, 120, branch=0)
    assert len(lines) == 1 and 28 <= len(lines[0]) <= 31
    share = draw_crack((100, 200), [np.array([[10, 50, 1], [110, 50, 1]], np.float32)], 4.0)
    # a bar of 100 x 4 with round ends
    assert share.sum() == pytest.approx(400 + np.pi * 4, rel=0.12)


def test_noise_is_normed():
    field = fractal(np.random.default_rng(0), 64, 80, 20)
    assert field.shape == (64, 80) and field.mean() == pytest.approx(0, abs=1e-4) and field.std() == pytest.approx(1, abs=1e-3)
