"""Detection metrics as COCO computes them: 101-point precision, all areas, at most 300 answers per photo."""

from dataclasses import dataclass

import numpy as np

IOUS = np.arange(0.5, 1.0, 0.05)
RECALLS = np.linspace(0, 1, 101)
LIMIT = 300


@dataclass(frozen=True)
class Answers:
    """A photo's answers, best first: boxes [D, 4] corners, scores [D], labels [D]."""

    boxes: np.ndarray
    scores: np.ndarray
    labels: np.ndarray


def iou_matrix(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """[A, 4] and [B, 4] corners to [A, B]."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    inner = np.clip(high - low, 0, None).prod(-1)
    area = lambda c: (c[:, 2:] - c[:, :2]).prod(-1)
    return inner / (area(a)[:, None] + area(b)[None] - inner + 1e-12)


def match(overlaps: np.ndarray, threshold: float) -> np.ndarray:
    """Truth that each answer (best first) takes, or -1. overlaps [D, T]; each truth is taken once."""
    taken = np.full(overlaps.shape[0], -1)
    free = np.ones(overlaps.shape[1], bool)
    for number, row in enumerate(overlaps):
        if not free.any():
            break
        open_row = np.where(free, row, -1)
        # of equal overlaps the last wins, as in COCO's reference
        best = len(open_row) - 1 - int(open_row[::-1].argmax())
        if open_row[best] >= min(threshold, 1 - 1e-10):
            taken[number] = best
            free[best] = False
    return taken


@dataclass(frozen=True)
class Matches:
    """One photo, one class: scores [D] best first, hits [10, D] by IoU threshold, number of truths."""

    scores: np.ndarray
    hits: np.ndarray
    truths: int


def match_photo(answers: Answers, truth: np.ndarray, label: int) -> Matches:
    """truth [T, 5] label and corners."""
    order = np.argsort(-answers.scores, kind="stable")[:LIMIT]
    chosen = order[answers.labels[order] == label]
    wanted = truth[truth[:, 0] == label, 1:]
    overlaps = iou_matrix(answers.boxes[chosen], wanted)
    hits = np.stack([match(overlaps, t) >= 0 for t in IOUS]) if len(chosen) else np.zeros((len(IOUS), 0), bool)
    return Matches(answers.scores[chosen], hits, len(wanted))


def average_precision(matches: list[Matches]) -> np.ndarray:
    """[10] by IoU threshold; NaN where the class has no truth."""
    truths = sum(m.truths for m in matches)
    if truths == 0:
        return np.full(len(IOUS), np.nan)
    scores = np.concatenate([m.scores for m in matches])
    hits = np.concatenate([m.hits for m in matches], 1)[:, np.argsort(-scores, kind="stable")]
    if hits.shape[1] == 0:
        return np.zeros(len(IOUS))
    true = hits.cumsum(1)
    recall = true / truths
    precision = true / np.arange(1, hits.shape[1] + 1)
    envelope = np.maximum.accumulate(precision[:, ::-1], 1)[:, ::-1]
    result = np.zeros(len(IOUS))
    for row in range(len(IOUS)):
        places = np.searchsorted(recall[row], RECALLS, side="left")
        result[row] = np.where(places < hits.shape[1], envelope[row, np.minimum(places, hits.shape[1] - 1)], 0).mean()
    return result


def mean_precision(photos: list[list[Matches]]) -> tuple[float, float, np.ndarray]:
    """(mAP50, mAP50-95, per class at 50 [classes]) of photos x classes."""
    table = np.stack([average_precision(list(column)) for column in zip(*photos)])
    return float(np.nanmean(table[:, 0])), float(np.nanmean(table)), table[:, 0]


def match_all(answers: list[Answers], truths: list[np.ndarray], classes: int) -> list[list[Matches]]:
    return [[match_photo(a, t, c) for c in range(classes)] for a, t in zip(answers, truths)]


def counts_at(photos: list[list[Matches]], thresholds: list[float]) -> tuple[int, int, int]:
    """(true, false, missed) at IoU 0.5 over all classes, each class at its threshold."""
    true = answered = truths = 0
    for photo in photos:
        for matches, threshold in zip(photo, thresholds):
            kept = matches.scores >= threshold
            true += int(matches.hits[0, kept].sum())
            answered += int(kept.sum())
            truths += matches.truths
    return true, answered - true, truths - true


def f1(true: int, false: int, missed: int) -> float:
    return 2 * true / max(2 * true + false + missed, 1)


def best_threshold(photos: list[list[Matches]], classes: int) -> float:
    """The common threshold with the best F1 at IoU 0.5, from 0.05 to 0.90."""
    steps = np.arange(5, 91) / 100
    return float(max(steps, key=lambda t: f1(*counts_at(photos, [t] * classes))).round(2))


def label_thresholds(photos: list[list[Matches]], classes: int) -> list[float]:
    """Each class's own threshold with the best F1; faint classes score lower than plain ones."""
    return [best_threshold([[photo[label]] for photo in photos], 1) for label in range(classes)]


def recall_by_size(
    answers: list[Answers], truths: list[np.ndarray], edges: tuple[float, ...] = (0, 16, 32, 96, np.inf)
) -> list[dict]:
    """Found and all truths at IoU 0.5 by the root of the box's area, answers scored 0.05 or more."""
    found, total = np.zeros(len(edges) - 1, int), np.zeros(len(edges) - 1, int)
    for answer, truth in zip(answers, truths):
        sizes = np.sqrt((truth[:, 3] - truth[:, 1]) * (truth[:, 4] - truth[:, 2]))
        bins = np.digitize(sizes, edges) - 1
        hit = np.zeros(len(truth), bool)
        for label in np.unique(truth[:, 0]):
            of_class = np.flatnonzero(truth[:, 0] == label)
            chosen = (answer.labels == label) & (answer.scores >= 0.05)
            taken = match(iou_matrix(answer.boxes[chosen], truth[of_class, 1:]), 0.5)
            hit[of_class[taken[taken >= 0]]] = True
        np.add.at(total, bins, 1)
        np.add.at(found, bins[hit], 1)
    return [
        {"from": edges[i], "to": edges[i + 1] if np.isfinite(edges[i + 1]) else None, "found": int(found[i]), "of": int(total[i])}
        for i in range(len(total))
    ]
