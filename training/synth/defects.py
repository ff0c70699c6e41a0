"""
Damage with exact masks. Each function changes the surface in place and returns the share of each pixel that is
damaged, float32 [height, width] from 0 to 1. Positions are in the surface's own frame (u pixels, v -1..1).
"""

import cv2
import numpy as np

from .noise import fractal, ramp
from .surface import Surface

LAMINATE = np.array([0.36, 0.31, 0.19], np.float32)
FILLER = np.array([0.50, 0.47, 0.40], np.float32)
SOOT = np.array([0.035, 0.032, 0.03], np.float32)


def _paint(surface: Surface, share: np.ndarray, colour: np.ndarray, strength: float = 1.0) -> None:
    blend = (share * strength)[..., None]
    surface.albedo[:] = surface.albedo * (1 - blend) + colour * blend


def leading_edge_erosion(surface: Surface, rng: np.random.Generator, start: float, length: float,
                         depth: float = 0.16) -> np.ndarray:
    """Paint worn through along v = -1: ragged islands, filler then laminate, pits around."""
    height, width = surface.shape
    along = ramp(surface.u, start, start + length * 0.2) * (1 - ramp(surface.u, start + length * 0.75, start + length))
    coarse = fractal(rng, height, width, 90, octaves=6, gain=0.62)
    fine = fractal(rng, height, width, 14, octaves=3, gain=0.7)
    reach = -1 + depth * along * (0.75 + 0.45 * coarse)
    worn = ramp(reach - surface.v + 0.012 * fine, 0.0, 0.02) * along * surface.inside
    worn *= surface.v > -1.02
    deep = ramp(-1 + depth * along * (0.2 + 0.4 * coarse) - surface.v + 0.02 * fine, 0.0, 0.015) * worn
    spots = ramp(fractal(rng, height, width, 7, octaves=2), 2.0, 2.5)
    near = along * ramp(-surface.v, 0.66, 0.98) * surface.inside
    pits = spots * near
    total = np.clip(worn + pits, 0, 1)
    tint = (0.9 + 0.12 * fine)[..., None]
    _paint(surface, worn, FILLER * tint, 0.85)
    _paint(surface, deep, LAMINATE * tint, 0.9)
    _paint(surface, pits, np.array([0.22, 0.2, 0.17]), 0.75)
    edge = cv2.GaussianBlur(total, (0, 0), 1.2)
    surface.relief -= 2.2 * edge + 1.6 * deep + 0.5 * worn * fine
    surface.gloss *= 1 - 0.95 * total
    return total


def crack_path(rng: np.random.Generator, start: tuple[float, float], direction: float, length: float,
               step: float = 4.0, wander: float = 0.16, branch: float = 0.012) -> list[np.ndarray]:
    """Branching random walk; a list of polylines [n, 3] of x, y and relative width, all in pixels."""
    lines, queue = [], [(start, direction, length, 1.0)]
    while queue and len(lines) < 24:
        (x, y), heading, remaining, thick = queue.pop()
        aim, points, travelled = heading, [], 0.0
        while travelled < remaining:
            fade = 1 - 0.85 * travelled / remaining
            points.append((x, y, thick * fade * rng.uniform(0.7, 1.25)))
            heading += rng.normal(0, wander) + 0.12 * (aim - heading)
            if rng.random() < 0.02:
                heading += rng.normal(0, 0.7)
            x, y = x + step * np.cos(heading), y + step * np.sin(heading)
            travelled += step
            if rng.random() < branch * thick:
                turn = rng.choice([-1, 1]) * rng.uniform(0.4, 1.1)
                queue.append(((x, y), heading + turn, remaining * rng.uniform(0.12, 0.4), thick * 0.6))
        if len(points) > 1:
            lines.append(np.array(points, np.float32))
    return lines


def draw_crack(shape: tuple[int, int], lines: list[np.ndarray], width: float) -> np.ndarray:
    """Antialiased share of each pixel covered, drawn at four times the size."""
    scale = 4
    canvas = np.zeros((shape[0], shape[1]), np.float32)
    every = np.concatenate(lines)
    x0, y0 = np.floor(every[:, :2].min(0) - width * 2 - 2).astype(int)
    x1, y1 = np.ceil(every[:, :2].max(0) + width * 2 + 2).astype(int)
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, shape[1]), min(y1, shape[0])
    patch = np.zeros(((y1 - y0) * scale, (x1 - x0) * scale), np.uint8)
    for line in lines:
        for a, b in zip(line[:-1], line[1:]):
            thick = max(1, int(round(width * scale * (a[2] + b[2]) / 2)))
            ends = [tuple(np.round((p[:2] - (x0, y0)) * scale).astype(int).tolist()) for p in (a, b)]
            cv2.line(patch, ends[0], ends[1], 255, thick, cv2.LINE_AA)
    canvas[y0:y1, x0:x1] = cv2.resize(patch, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA) / 255
    return canvas


def crack(surface: Surface, rng: np.random.Generator, start: tuple[float, float], direction: float, length: float,
          width: float, dark: float = 0.85) -> np.ndarray:
    """A branching crack from an image position; dirt has darkened it and one lip stands a little up."""
    share = draw_crack(surface.shape, crack_path(rng, start, direction, length), width) * surface.inside
    stain = cv2.GaussianBlur(share, (0, 0), width * 1.8)
    _paint(surface, np.clip(stain * 0.35, 0, 1), np.array([0.3, 0.27, 0.22]), 0.5)
    _paint(surface, share, SOOT * 1.5, dark)
    surface.relief -= 2.0 * share
    surface.relief += 0.7 * np.roll(cv2.GaussianBlur(share, (0, 0), 2.0), (2, 1), (0, 1))
    return share


def lightning_mark(surface: Surface, rng: np.random.Generator, centre: tuple[float, float], size: float) -> np.ndarray:
    """A burn with a charred core, feathered soot drawn along the blade, and blistered paint around."""
    height, width = surface.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x - centre[0], y - centre[1]
    a = rng.uniform(-0.3, 0.3)
    along, across = (x * np.cos(a) + y * np.sin(a)) / size, (-x * np.sin(a) + y * np.cos(a)) / (size * 0.36)
    rough = fractal(rng, height, width, size * 0.35, octaves=5, gain=0.65)
    distance = np.sqrt(np.where(along > 0, along / 1.9, along) ** 2 + across**2) * (1 + 0.16 * rough)
    soot = np.exp(-(distance**2) * 1.6) * surface.inside
    core = ramp(0.42 + 0.1 * rough - distance, 0, 0.12) * surface.inside
    blister = ramp(0.85 + 0.15 * rough - distance, 0, 0.1) * (1 - core)
    _paint(surface, np.clip(soot * (0.85 + 0.2 * rough), 0, 1), SOOT * 2.2, 0.92)
    _paint(surface, core, LAMINATE * 0.4, 0.8)
    surface.relief += 1.2 * blister * np.clip(rough, 0, None) * (soot > 0.1) - 2.5 * core
    surface.gloss *= 1 - np.clip(soot * 1.5, 0, 0.95)
    return (soot > 0.22).astype(np.float32)


def flaking(surface: Surface, rng: np.random.Generator, centre: tuple[float, float], size: float,
            under: np.ndarray = FILLER) -> np.ndarray:
    """Paint lost in angular scales: a raised curled rim casts a shadow on what lies under it."""
    height, width = surface.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    reach = 1 - np.hypot((x - centre[0]) / size, (y - centre[1]) / (size * 0.7))
    field = reach + 0.34 * fractal(rng, height, width, size * 0.55, octaves=4, gain=0.55)
    lost = ramp(field, 0.2, 0.225) * surface.inside
    rim = np.clip(cv2.GaussianBlur(lost, (0, 0), 3.0) - lost, 0, 1) * 2
    grain = fractal(rng, height, width, 5, octaves=2)
    _paint(surface, lost, under * (1 + 0.07 * grain)[..., None], 0.95)
    surface.relief += 2.4 * rim - 2.6 * lost + 0.25 * lost * grain
    shadow = np.clip(np.roll(1 - lost, (3, 2), (0, 1)) * lost, 0, 1)
    surface.shade *= 1 - 0.4 * cv2.GaussianBlur(shadow, (0, 0), 0.8)
    surface.gloss *= 1 - 0.9 * lost
    return lost


def scratches(surface: Surface, rng: np.random.Generator, centre: tuple[float, float], direction: float,
              length: float, count: int, width: float) -> np.ndarray:
    """Nearly straight parallel scores that show what is under the paint."""
    lines = []
    for _ in range(count):
        offset = rng.normal(0, length * 0.05, 2)
        start = (centre[0] + offset[0] - np.cos(direction) * length / 2, centre[1] + offset[1] - np.sin(direction) * length / 2)
        lines += crack_path(rng, start, direction + rng.normal(0, 0.05), length * rng.uniform(0.5, 1), 6, 0.02, 0)
    share = draw_crack(surface.shape, lines, width) * surface.inside
    _paint(surface, share, np.array([0.2, 0.18, 0.15]), 0.75)
    surface.relief -= 1.4 * share
    return share


def corrosion(surface: Surface, rng: np.random.Generator, amount: float, cell: float = 220) -> np.ndarray:
    """Rust that broke through a coating: dark scabs, bright powder, runs of stain downward."""
    height, width = surface.shape
    large = fractal(rng, height, width, cell, octaves=7, gain=0.6)
    fine = fractal(rng, height, width, 9, octaves=3, gain=0.75)
    level = np.quantile(large, 1 - amount)
    rust = ramp(large + 0.12 * fine, level, level + 0.16) * surface.inside
    scab = ramp(large + 0.25 * fine, level + 0.5, level + 0.9) * surface.inside
    run = rust.copy()
    for reach in (8, 16, 32, 64):
        run = np.maximum(run, 0.82 * np.roll(run, reach, 0))
    run = cv2.GaussianBlur(np.clip(run - rust, 0, 1), (0, 0), 5)
    _paint(surface, np.clip(run, 0, 1), np.array([0.36, 0.19, 0.08]), 0.38)
    bright = np.array([0.42, 0.16, 0.045]) * (1 + 0.22 * fine)[..., None]
    dark = np.array([0.11, 0.05, 0.025]) * (1 + 0.25 * fine)[..., None]
    _paint(surface, rust, np.clip(bright, 0, 1), 0.94)
    _paint(surface, scab, np.clip(dark, 0, 1), 0.85)
    rim = np.clip(cv2.GaussianBlur(rust, (0, 0), 4) - rust, 0, 1)
    surface.relief += 2.0 * rust + 1.4 * rust * fine + 4 * rim + 2 * scab
    surface.gloss *= 1 - 0.97 * rust
    return rust
