"""A memory of clean patches and the distance of new ones to it. PatchCore, Roth et al., CVPR 2022."""

from collections.abc import Callable

import numpy as np


def thinned(features: np.ndarray, most: int, draw: Callable[[], float]) -> np.ndarray:
    """`most` rows drawn without replacement, or all; draw by draw as core/vision/patch-memory.ts."""
    if len(features) <= most:
        return features
    order = np.arange(len(features))
    for place in range(most):
        other = place + int(draw() * (len(order) - place))
        order[place], order[other] = order[other], order[place]
    return features[order[:most]]


def coreset(features: np.ndarray, count: int, draw: Callable[[], float]) -> np.ndarray:
    """Indices of `count` rows of features [n, D] such that none is far from a chosen one: greedy farthest point."""
    if count >= len(features):
        return np.arange(len(features))
    flat = features.astype(np.float32)
    squares = (flat**2).sum(1)
    chosen = [int(draw() * len(flat))]
    far = np.full(len(flat), np.inf, np.float32)
    for _ in range(count - 1):
        last = chosen[-1]
        far = np.minimum(far, squares + squares[last] - 2 * (flat @ flat[last]))
        chosen.append(int(far.argmax()))
    return np.array(chosen)


def distances(patches: np.ndarray, memory: np.ndarray) -> np.ndarray:
    """Euclidean distance of each of patches [n, D] to its nearest in memory [m, D]; float32 [n]."""
    squares = (memory**2).sum(1)[None] - 2 * (patches @ memory.T)
    return np.sqrt(np.maximum(squares.min(1) + (patches**2).sum(1), 0))


def photo_score(map_: np.ndarray, share: float) -> float:
    """Mean of the highest `share` of a photo's patch distances; one patch at least."""
    flat = np.sort(map_.ravel())[::-1]
    return float(flat[: max(1, round(share * len(flat)))].mean())


def auroc(scores: np.ndarray, defect: np.ndarray) -> float:
    """Area under the ROC curve by ranks (Mann-Whitney U); equal scores count half."""
    order, inverse, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(sizes) - (sizes - 1) / 2)[inverse]
    positive = int(defect.sum())
    negative = len(defect) - positive
    return float((ranks[defect.astype(bool)].sum() - positive * (positive + 1) / 2) / (positive * negative))
