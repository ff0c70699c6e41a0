"""
A linear projection of patch features to what tells defects from clean surface: one direction per kind of defect,
by ridge regression on features whitened by the clean patches, scaled to unit spread over clean patches.
"""

import numpy as np


def whitening(clean: np.ndarray, shrink: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """Matrix [D, D] and mean [D] such that (x - mean) @ matrix of clean [n, D] has unit covariance, shrunk."""
    values, vectors = np.linalg.eigh(np.cov(clean.T))
    return (vectors / np.sqrt(values + shrink * values.mean())).astype(np.float32), clean.mean(0).astype(np.float32)


def direction(features: np.ndarray, defect: np.ndarray, ridge: float = 0.1) -> np.ndarray:
    """Weights [D] of a ridge regression of defect (bool [n]) on features [n, D], both classes weighing the same."""
    target = defect.astype(np.float32)
    weight = np.where(defect, 0.5 / target.sum(), 0.5 / (1 - target).sum()) * len(target)
    weighted = features * weight[:, None].astype(np.float32)
    square = weighted.T @ features + ridge * len(target) * np.eye(features.shape[1], dtype=np.float32)
    return np.linalg.solve(square, weighted.T @ (target - 0.5))


def fit_projection(features: np.ndarray, share: np.ndarray, kinds: np.ndarray, clean: str,
                   least: float = 0.25) -> tuple[np.ndarray, np.ndarray]:
    """
    features [photos, patches, D], share of defect per patch [photos, patches], kind per photo. Returns matrix
    [D, kinds] and shift [D] for (x - shift) @ matrix.
    """
    free = kinds == clean
    white, shift = whitening(features[free].reshape(-1, features.shape[-1]))
    flat = (features - shift) @ white
    found = []
    for kind in sorted(set(kinds) - {clean}):
        chosen = (kinds == kind) | free
        found.append(direction(flat[chosen].reshape(-1, flat.shape[-1]), share[chosen].ravel() > least))
    directions = np.array(found, np.float32).T
    spread = (flat[free].reshape(-1, flat.shape[-1]) @ directions).std(0) + 1e-6
    return (white @ (directions / spread)).astype(np.float32), shift
