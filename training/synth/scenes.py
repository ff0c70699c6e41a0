"""Whole photographs: a surface, its wear, its damage, light and camera. All linear until developed."""

from dataclasses import dataclass
from typing import Callable

import cv2
import numpy as np

from .background import field, out_of_focus, sky
from .camera import develop
from .noise import fractal, ramp, streaks
from .surface import Light, Surface, airfoil_height, blade_frame, lit

SUNNY = Light((-0.45, -0.6, 0.65), (1.0, 0.94, 0.84), (0.30, 0.37, 0.48), (0.17, 0.15, 0.12))
OVERCAST = Light((-0.2, -0.8, 0.55), (0.42, 0.42, 0.42), (0.55, 0.58, 0.62), (0.22, 0.21, 0.19))
LOW_SUN = Light((0.8, -0.25, 0.35), (1.05, 0.86, 0.66), (0.24, 0.30, 0.40), (0.13, 0.11, 0.09))

Damage = Callable[[Surface, np.random.Generator], np.ndarray]


@dataclass(frozen=True)
class Photo:
    """8-bit RGB [height, width, 3] and, per damage in the order asked for, its share of each pixel."""

    image: np.ndarray
    masks: tuple[np.ndarray, ...]


def blade(rng: np.random.Generator, height: int, width: int, *, angle: float, centre: tuple[float, float],
          half_chord: float, taper: float, sweep: float, light: Light, behind: str, damage: list[Damage],
          dirt: float = 0.5, exposure: float = 1.0) -> Photo:
    """A stretch of a turbine blade before sky or field. Lengths in pixels, `angle` in radians."""
    u, v, chord = blade_frame(height, width, angle, centre, half_chord, taper, sweep)
    edge = 1.2 / chord
    inside = ramp(v, -1 - edge, -1 + edge) * (1 - ramp(v, 1 - edge, 1 + edge))
    paint = np.array([0.74, 0.755, 0.75], np.float32)
    mottle = fractal(rng, height, width, 260, octaves=7, gain=0.55)
    albedo = paint * (1 + 0.018 * mottle)[..., None]
    relief = airfoil_height(v, chord, 0.42) + 0.05 * fractal(rng, height, width, 6, octaves=3)
    surface = Surface(u, v, inside.astype(np.float32), albedo.astype(np.float32), relief.astype(np.float32),
                      np.full((height, width), 0.8, np.float32), np.ones((height, width), np.float32), chord)
    _weather(surface, rng, angle, dirt)
    masks = tuple(one(surface, rng) for one in damage)
    shown = lit(surface, light)
    scene = sky(rng, height, width, 0.45) if behind == 'sky' else field(rng, height, width)
    scene = out_of_focus(scene, max(3, width / 260))
    # Light that spills round the edge of a bright blade against what lies behind it.
    spill = cv2.GaussianBlur(inside, (0, 0), width / 300)[..., None] * 0.03
    mix = inside[..., None] * shown + (1 - inside[..., None]) * (scene + spill)
    return Photo(develop(mix, rng, exposure, 0.011, 0.75), masks)


def _weather(surface: Surface, rng: np.random.Generator, angle: float, dirt: float) -> None:
    """Runs of rain and dust across the chord, grease from the root, panel seams and a few insects."""
    height, width = surface.shape
    runs = streaks(rng, height, width, 520, 9)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 90 - np.degrees(angle), 1.5)
    runs = cv2.warpAffine(runs, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    patch = ramp(fractal(rng, height, width, 420, octaves=4), -0.6, 1.6)
    grime = np.clip(0.5 * runs * patch + 0.5 * ramp(surface.v, 0.2, 1.0) * patch, 0, 1.4) * dirt * 0.22
    surface.albedo *= (1 - grime[..., None] * np.array([0.85, 1.0, 1.25]))
    for at in rng.uniform(-1.2, 1.2, 2) * width * 0.5:
        seam = np.exp(-(((surface.u - at) / 1.6) ** 2))
        surface.albedo *= (1 - 0.12 * seam)[..., None]
        surface.relief -= 0.7 * seam
    spots = ramp(fractal(rng, height, width, 5, octaves=1), 3.0, 3.4) * ramp(-surface.v, 0.3, 0.9)
    surface.albedo *= (1 - 0.5 * spots)[..., None]


def wall(rng: np.random.Generator, height: int, width: int, *, kind: str, light: Light, damage: list[Damage],
         exposure: float = 1.0) -> Photo:
    """A flat surface that fills the picture: `concrete`, `coating` (painted steel) or `steel` (rolled strip)."""
    u, v = np.meshgrid(np.arange(width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
    ones = np.ones((height, width), np.float32)
    coarse = fractal(rng, height, width, 380, octaves=8, gain=0.58)
    fine = fractal(rng, height, width, 5, octaves=3, gain=0.8)
    if kind == 'concrete':
        pores = ramp(fractal(rng, height, width, 9, octaves=2), 2.3, 2.8)
        albedo = np.array([0.40, 0.385, 0.36]) * (1 + 0.10 * coarse + 0.05 * fine - 0.45 * pores)[..., None]
        relief, gloss = 0.5 * coarse + 0.32 * fine - 1.6 * pores, 0.05
    elif kind == 'coating':
        albedo = np.array([0.24, 0.36, 0.33]) * (1 + 0.05 * coarse + 0.015 * fine)[..., None]
        relief, gloss = 0.35 * coarse + 0.12 * fractal(rng, height, width, 9, octaves=2), 0.7
    else:
        rolled = streaks(rng, height, width, 700, 4)
        albedo = np.array([0.33, 0.33, 0.335]) * (1 + 0.08 * coarse + 0.07 * rolled + 0.03 * fine)[..., None]
        relief, gloss = 0.2 * rolled + 0.1 * fine, 0.5
    surface = Surface(u, v, ones.copy(), albedo.astype(np.float32), relief.astype(np.float32), ones * gloss,
                      ones.copy(), ones)
    masks = tuple(one(surface, rng) for one in damage)
    across = 1 + 0.16 * (u / width - 0.5) - 0.1 * v
    return Photo(develop(lit(surface, light) * across[..., None], rng, exposure, 0.011, 0.7), masks)
