"""What lies behind the surface, out of focus. All linear RGB float32 [height, width, 3]."""

import cv2
import numpy as np

from .noise import fractal, ramp, streaks


def sky(rng: np.random.Generator, height: int, width: int, cloudy: float) -> np.ndarray:
    """A gradient to the horizon with clouds; `cloudy` from 0 to 1."""
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    zenith, horizon = np.array([0.16, 0.32, 0.62]), np.array([0.58, 0.71, 0.84])
    base = zenith * (1 - y) + horizon * y
    base = np.broadcast_to(base, (height, width, 3)).astype(np.float32)
    cloud = ramp(fractal(rng, height, width, width / 2.2, octaves=7, gain=0.55), 0.9 - 1.6 * cloudy, 2.4 - 1.2 * cloudy)
    lightness = 0.78 + 0.1 * fractal(rng, height, width, width / 6, octaves=4)
    return base * (1 - cloud[..., None]) + (np.clip(lightness, 0.5, 0.95) * cloud)[..., None] * np.array([1, 1, 1.02])


def field(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A ploughed field or dry meadow from above with rows and patches, as a drone sees it."""
    soil = np.array([0.26, 0.20, 0.14]) * rng.uniform(0.8, 1.2)
    grass = np.array([0.19, 0.21, 0.10])
    patch = ramp(fractal(rng, height, width, width / 3, octaves=6, gain=0.6), -0.5, 1.5)[..., None]
    ground = soil * (1 - 0.6 * patch) + grass * 0.6 * patch
    rows = streaks(rng, height, width, 900, 26)
    angle = rng.uniform(-25, 25)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.4)
    rows = cv2.warpAffine(rows, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    grain = fractal(rng, height, width, 10, octaves=3, gain=0.8)
    return np.clip(ground * (1 + 0.16 * rows + 0.1 * grain)[..., None], 0.02, 1).astype(np.float32)


def out_of_focus(image: np.ndarray, pixels: float) -> np.ndarray:
    """A disc of confusion of the given radius."""
    size = int(pixels) * 2 + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)).astype(np.float32)
    return cv2.filter2D(image.astype(np.float32), -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)
