"""Pictures beside a run, never in the repository: loss, precision over recall, confusion, examples."""

import json
from pathlib import Path

import cv2
import matplotlib
import numpy as np

from training.data.sample import Sample
from training.evaluate.detection import Answers, Matches, iou_matrix

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402  (the backend is chosen first)

TRUTH, ANSWER = (60, 200, 60), (40, 40, 230)


def plot_progress(stages: list[Path], target: Path) -> None:
    """Loss and the tune part's mAP50 of each stage's progress.jsonl, one after the other."""
    figure, (loss, score) = pyplot.subplots(1, 2, figsize=(10, 4))
    for path in stages:
        lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        for axes, key in ((loss, "loss"), (score, "tune_mAP50")):
            rows = [(line["step"], line[key]) for line in lines if key in line]
            if rows:
                axes.plot(*zip(*rows), label=path.parent.name)
            axes.set(xlabel="step", ylabel=key)
    loss.legend()
    _save(figure, target)


def plot_precision(photos: list[list[Matches]], labels: list[str], target: Path) -> None:
    """Precision over recall at IoU 0.5, one line a class."""
    figure, axes = pyplot.subplots(figsize=(5, 5))
    for label, column in zip(labels, zip(*photos)):
        hits = np.concatenate([m.hits[0] for m in column])[np.argsort(-np.concatenate([m.scores for m in column]), kind="stable")]
        found = hits.cumsum()
        axes.plot(found / max(sum(m.truths for m in column), 1), found / np.arange(1, len(hits) + 1), label=label)
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1))
    axes.legend(fontsize=7)
    _save(figure, target)


def confusion(answers: list[Answers], truths: list[np.ndarray], classes: int, threshold: float) -> np.ndarray:
    """[classes + 1, classes + 1]: truth by answer at IoU 0.5 whatever the class; the last is "nothing"."""
    table = np.zeros((classes + 1, classes + 1), int)
    for answer, truth in zip(answers, truths):
        kept = answer.scores >= threshold
        boxes, labels = answer.boxes[kept], answer.labels[kept]
        overlaps = iou_matrix(boxes, truth[:, 1:])
        free = np.ones(len(truth), bool)
        for row, label in zip(overlaps, labels):
            row = np.where(free, row, 0)
            best = int(row.argmax()) if len(row) else -1
            if best >= 0 and row[best] >= 0.5:
                free[best] = False
                table[int(truth[best, 0]), label] += 1
            else:
                table[classes, label] += 1
        for label in truth[free, 0].astype(int):
            table[label, classes] += 1
    return table


def plot_confusion(table: np.ndarray, labels: list[str], target: Path) -> None:
    names = [*labels, "nothing"]
    figure, axes = pyplot.subplots(figsize=(6, 6))
    axes.imshow(table / np.maximum(table.sum(1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(table):
        axes.text(column, row, str(count), ha="center", va="center", fontsize=8)
    axes.set(xticks=range(len(names)), yticks=range(len(names)), xlabel="answer", ylabel="truth")
    axes.set_xticklabels(names, rotation=60, fontsize=7)
    axes.set_yticklabels(names, fontsize=7)
    _save(figure, target)


def draw_examples(samples: list[Sample], answers: list[Answers], threshold: float, target: Path, count: int = 12) -> None:
    """Truth in green, answers in red, evenly spread photos."""
    tiles = []
    for at in np.linspace(0, len(samples) - 1, min(count, len(samples))).astype(int):
        picture = samples[at].image.copy()
        kept = answers[at].boxes[answers[at].scores >= threshold]
        for boxes, colour in ((samples[at].boxes[:, 1:], TRUTH), (kept, ANSWER)):
            for x1, y1, x2, y2 in boxes.astype(int):
                cv2.rectangle(picture, (int(x1), int(y1)), (int(x2), int(y2)), colour, 1)
        tiles.append(cv2.resize(picture, (480, 480)))
    while len(tiles) % 4:
        tiles.append(np.zeros_like(tiles[0]))
    rows = [np.hstack(tiles[i : i + 4]) for i in range(0, len(tiles), 4)]
    cv2.imwrite(str(target), np.vstack(rows))


def _save(figure, target: Path) -> None:
    figure.tight_layout()
    figure.savefig(target, dpi=110)
    pyplot.close(figure)
