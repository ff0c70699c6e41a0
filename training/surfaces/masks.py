"""Scores of masks: pixel counts per photo, F1 with and without tolerance, IoU, area error, bootstrap intervals."""

import cv2
import numpy as np


def within(mask: np.ndarray, pixels: int) -> np.ndarray:
    """The mask grown by a disc of the given radius; 0 leaves it as it is."""
    if pixels == 0 or not mask.any():
        return mask.astype(bool)
    return cv2.distanceTransform((mask == 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE) <= pixels


def counts(found: np.ndarray, truth: np.ndarray, tolerance: int = 0) -> np.ndarray:
    """
    [true found, found, truth met, truth, intersection, union] in pixels. A found pixel is true where truth
    lies within `tolerance` pixels of it, a truth pixel is met where a found one does.
    """
    found, truth = found.astype(bool), truth.astype(bool)
    true = (found & within(truth, tolerance)).sum()
    met = (truth & within(found, tolerance)).sum()
    return np.array([true, found.sum(), met, truth.sum(), (found & truth).sum(), (found | truth).sum()], np.int64)


def scores(rows: np.ndarray) -> dict[str, float]:
    """Precision, recall, F1 and IoU over all photos' counts [n, 6] together."""
    true, found, met, truth, both, either = np.asarray(rows, np.float64).reshape(-1, 6).sum(0)
    precision = true / found if found else float(truth == 0)
    recall = met / truth if truth else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {'precision': precision, 'recall': recall, 'F1': f1, 'IoU': both / either if either else 1.0}


def bootstrap(rows: np.ndarray, measure, groups: list[str] | None = None, times: int = 1000,
              seed: int = 0) -> tuple[float, float]:
    """95 % interval of measure(rows) by drawing photos, or whole groups of one source photo, with replacement."""
    rows = np.asarray(rows)
    names = np.asarray(groups if groups is not None else [str(i) for i in range(len(rows))])
    members = [np.flatnonzero(names == name) for name in np.unique(names)]
    rng = np.random.default_rng(seed)
    drawn = [measure(rows[np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])])
             for _ in range(times)]
    return float(np.percentile(drawn, 2.5)), float(np.percentile(drawn, 97.5))


def area_error(found: np.ndarray, truth: np.ndarray, pixels: np.ndarray) -> float:
    """Mean absolute difference of the found and the true share of a photo, in points (0 to 100)."""
    return float((np.abs(np.asarray(found, np.float64) - truth) / pixels).mean() * 100)
