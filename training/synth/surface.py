"""
The lit surface. A surface is drawn in its own frame: u along it (root to tip), v across it from -1
(leading edge) to 1 (trailing edge), both float32 [height, width], with a height field whose slope gives the
normals. Defects change albedo, height and gloss there; light comes last.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np


@dataclass
class Surface:
    """Albedo is linear RGB [height, width, 3]; relief is in pixels; inside is the share covered, 0 to 1."""

    u: np.ndarray
    v: np.ndarray
    inside: np.ndarray
    albedo: np.ndarray
    relief: np.ndarray
    gloss: np.ndarray
    shade: np.ndarray
    span: np.ndarray
    masks: list = field(default_factory=list)

    @property
    def shape(self) -> tuple[int, int]:
        return self.u.shape


@dataclass(frozen=True)
class Light:
    """Directions are unit vectors, x right, y down, z to the camera; colours are linear RGB."""

    sun: tuple[float, float, float]
    sun_colour: tuple[float, float, float]
    sky_colour: tuple[float, float, float]
    ground_colour: tuple[float, float, float]


def blade_frame(height: int, width: int, angle: float, centre: tuple[float, float], half_chord: float,
                taper: float, sweep: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """
    u in pixels along the blade, v across it, and the local half chord in pixels. `angle` is the direction of
    the span in radians, `taper` the loss of half chord per pixel, `sweep` the bow of the leading edge.
    """
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x - centre[0], y - centre[1]
    u = x * np.cos(angle) + y * np.sin(angle)
    t = -x * np.sin(angle) + y * np.cos(angle)
    chord = np.maximum(half_chord - taper * u, 4)
    return u, (t - sweep * (u / half_chord) ** 2) / chord, chord


def airfoil_height(v: np.ndarray, chord: np.ndarray, thickness: float, nose: float = 0.55) -> np.ndarray:
    """Height in pixels of a cambered section seen from above: a round nose at v = -1, a flat tail at v = 1."""
    w = np.clip((v + 1) / 2, 0, 1)
    profile = np.where(w < nose * 0.55, np.sqrt(np.clip(1 - ((nose * 0.55 - w) / (nose * 0.55)) ** 2, 0, 1)),
                       1 - (np.clip(w - nose * 0.55, 0, 1) / (1 - nose * 0.55)) ** 1.7 * 0.92)
    return (chord * thickness * profile).astype(np.float32)


def normals(relief: np.ndarray) -> np.ndarray:
    """Unit normals [height, width, 3] of a height field in pixels."""
    dx = cv2.Sobel(relief, cv2.CV_32F, 1, 0, ksize=3, scale=1 / 8)
    dy = cv2.Sobel(relief, cv2.CV_32F, 0, 1, ksize=3, scale=1 / 8)
    n = np.stack([-dx, -dy, np.ones_like(dx)], -1)
    return n / np.linalg.norm(n, axis=-1, keepdims=True)


def lit(surface: Surface, light: Light) -> np.ndarray:
    """Linear RGB of the surface: sun with soft terminator, sky from above, ground from below, one highlight."""
    n = normals(surface.relief)
    sun = np.asarray(light.sun, np.float32)
    sun = sun / np.linalg.norm(sun)
    diffuse = np.clip((n @ sun + 0.08) / 1.08, 0, None)[..., None]
    up = (0.5 - 0.5 * n[..., 1])[..., None]
    ambient = up * np.asarray(light.sky_colour) + (1 - up) * np.asarray(light.ground_colour)
    half = sun + np.array([0, 0, 1], np.float32)
    half = half / np.linalg.norm(half)
    sharp = np.clip(n @ half, 0, 1)
    highlight = surface.gloss * (sharp ** 60 * 0.35 + sharp ** 8 * 0.06)
    colour = surface.albedo * (diffuse * np.asarray(light.sun_colour) + ambient)
    return (colour + highlight[..., None] * np.asarray(light.sun_colour)) * surface.shade[..., None]
