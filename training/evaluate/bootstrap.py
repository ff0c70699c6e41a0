"""95 % intervals by drawing photos with replacement: boxes of one photo are not independent."""

from collections.abc import Callable

import numpy as np


def interval(items: list, figure: Callable[[list], float], rounds: int = 500, seed: int = 1) -> tuple[float, float]:
    """2.5th and 97.5th percentile of `figure` over resampled `items`."""
    return intervals(items, lambda drawn: [figure(drawn)], rounds, seed)[0]


def intervals(items: list, figures: Callable[[list], list[float]], rounds: int = 500, seed: int = 1) -> list[tuple[float, float]]:
    """`interval` of several figures of the same drawn items."""
    rng = np.random.default_rng(seed)
    draws = [figures([items[i] for i in rng.integers(len(items), size=len(items))]) for _ in range(rounds)]
    return [(float(low), float(high)) for low, high in np.nanpercentile(draws, [2.5, 97.5], axis=0).T]
