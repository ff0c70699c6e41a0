"""Logits to probabilities: one temperature and one bias, chosen by likelihood on data kept for it."""

import numpy as np
from scipy.optimize import minimize


def probability(logits: np.ndarray, temperature: float, bias: float) -> np.ndarray:
    """As the app does: sigmoid((logit + bias) / temperature)."""
    return 1 / (1 + np.exp(-(np.asarray(logits, np.float64) + bias) / temperature))


def calibrate(logits: np.ndarray, truth: np.ndarray, even: bool = True) -> tuple[float, float]:
    """Temperature and bias of highest likelihood (Platt scaling). `even` weighs both classes the same, as if half of
    the photos showed a defect; without it they weigh as often as they occur here."""
    logits, truth = np.asarray(logits, np.float64), np.asarray(truth, bool)
    weight = np.where(truth, 0.5 / truth.sum(), 0.5 / (~truth).sum()) if even else np.full(len(truth), 1 / len(truth))

    def loss(point: np.ndarray) -> float:
        z = (logits + point[1]) / np.exp(point[0])
        # a little pull keeps the temperature finite where the classes part cleanly
        return float((weight * np.logaddexp(0, np.where(truth, -z, z))).sum() + 1e-3 * point[0] ** 2)

    best = minimize(loss, np.array([0.0, 0.0]), method='Nelder-Mead', options={'maxiter': 2000})
    return float(np.exp(best.x[0])), float(best.x[1])


def calibration_error(probabilities: np.ndarray, truth: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: mean gap of confidence and frequency over equal bins, by their share."""
    probabilities, truth = np.asarray(probabilities), np.asarray(truth, float)
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    gaps = [abs(probabilities[place == b].mean() - truth[place == b].mean()) * (place == b).mean()
            for b in range(bins) if (place == b).any()]
    return float(sum(gaps))
