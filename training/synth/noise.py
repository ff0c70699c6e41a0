"""Smooth random fields. Every field is float32 [height, width]; the generator decides it wholly."""

import cv2
import numpy as np


def value_noise(rng: np.random.Generator, height: int, width: int, cell: float) -> np.ndarray:
    """One octave in [-1, 1]: random values every `cell` pixels, interpolated by cubic splines."""
    rows, columns = max(2, int(np.ceil(height / cell)) + 3), max(2, int(np.ceil(width / cell)) + 3)
    grid = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
    large = cv2.resize(grid, (int(columns * cell) + 1, int(rows * cell) + 1), interpolation=cv2.INTER_CUBIC)
    top, left = int(rng.integers(0, max(1, int(cell)))), int(rng.integers(0, max(1, int(cell))))
    return large[top : top + height, left : left + width]


def fractal(
    rng: np.random.Generator, height: int, width: int, cell: float, octaves: int = 5, gain: float = 0.5
) -> np.ndarray:
    """Sum of octaves, each half the cell of the last, scaled to a standard deviation of 1 and mean 0."""
    field = np.zeros((height, width), np.float32)
    weight = 1.0
    for _ in range(octaves):
        if cell < 1.5:
            break
        field += weight * value_noise(rng, height, width, cell)
        cell, weight = cell / 2, weight * gain
    return (field - field.mean()) / (field.std() + 1e-6)


def streaks(rng: np.random.Generator, height: int, width: int, length: float, across: float) -> np.ndarray:
    """Noise drawn out along x: `length` pixels long, `across` pixels wide; standard deviation 1."""
    squeezed = fractal(rng, height, max(8, int(width * across / length)), across, octaves=4, gain=0.6)
    return cv2.resize(squeezed, (width, height), interpolation=cv2.INTER_CUBIC)


def ramp(x: np.ndarray, low: float, high: float) -> np.ndarray:
    """0 below `low`, 1 above `high`, smooth between (Hermite)."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)
