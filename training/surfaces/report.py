"""Figures of a segmenter's shipped file on the photos kept for reporting, with intervals by source photo."""

import cv2
import numpy as np

from training.surfaces.calibrate import calibration_error
from training.surfaces.masks import area_error, bootstrap, scores
from training.surfaces.photos import Photo
from training.surfaces.predict import rows_of


def figure(name: str, value: float, span: tuple[float, float] | None, data: str, precision: str) -> dict:
    row = {'name': name, 'value': round(value, 4)}
    if span:
        row |= {'low': round(span[0], 4), 'high': round(span[1], 4)}
    return row | {'data': data, 'runtime': 'onnxruntime CPU', 'precision': precision}


def group_figures(maps: list[np.ndarray], photos: list[Photo], threshold: float, tolerance: int, data: str,
                  precision: str) -> list[dict]:
    """F1 at the tolerance; without one also IoU, precision and recall."""
    rows, sources = rows_of(maps, photos, threshold, tolerance), [p.source for p in photos]
    names = {'F1': f'F1 within {tolerance} px'} if tolerance else {k: k for k in ('F1', 'IoU', 'precision', 'recall')}
    return [figure(shown, scores(rows)[key], bootstrap(rows, lambda r: scores(r)[key], sources), data, precision)
            for key, shown in names.items()]


def area_figure(maps: list[np.ndarray], photos: list[Photo], threshold: float, data: str, precision: str) -> dict:
    """Mean error of the defect's share of a photo, in points of a hundred."""
    rows = rows_of(maps, photos, threshold)
    table = np.column_stack([rows[:, 1], rows[:, 3], [p.mask.size for p in photos]])
    measure = lambda t: area_error(t[:, 0], t[:, 1], t[:, 2])
    return figure('areaError', measure(table), bootstrap(table, measure, [p.source for p in photos]), data, precision)


def image_rows(shares: np.ndarray, truth: np.ndarray, sources: list[str], data: str) -> list[dict]:
    """Calibration error and accuracy of a whole-photo answer, with intervals by source photo."""
    table = np.column_stack([shares, truth])
    measures = {'imageCalibrationError': lambda t: calibration_error(t[:, 0], t[:, 1]),
                'imageAccuracy': lambda t: float(((t[:, 0] >= 0.5) == (t[:, 1] > 0)).mean())}
    return [figure(name, measure(table), bootstrap(table, measure, sources), data, 'fp32') for name, measure in measures.items()]


def regions(map_: np.ndarray, threshold: float, least: int) -> int:
    """Connected regions of at least `least` pixels, 8 neighbours, as the app counts findings."""
    count, _, stats, _ = cv2.connectedComponentsWithStats((map_ >= threshold * 255).astype(np.uint8), connectivity=8)
    return int((stats[1:count, cv2.CC_STAT_AREA] >= least).sum())


def false_alarms(maps: list[np.ndarray], threshold: float, least: int) -> dict[str, float]:
    """On photos that show no defect: the share of photos with a finding, and of pixels that are marked."""
    return {'photos': float(np.mean([regions(m, threshold, least) > 0 for m in maps])),
            'pixels': float(np.mean([(m >= threshold * 255).mean() for m in maps]))}
