import contextlib
import io

import numpy as np
import pytest

from training.evaluate.bootstrap import interval
from training.evaluate.plots import confusion
from training.evaluate.detection import (
    Answers,
    best_threshold,
    counts_at,
    f1,
    iou_matrix,
    label_thresholds,
    match_all,
    mean_precision,
    recall_by_size,
)


def answers(rows: list[list[float]]) -> Answers:
    """rows of x1, y1, x2, y2, score, label"""
    table = np.array(rows, float).reshape(-1, 6)
    return Answers(table[:, :4], table[:, 4], table[:, 5].astype(int))


def truth(*rows: list[float]) -> np.ndarray:
    return np.array(rows, float).reshape(-1, 5)


ONE = truth([0, 0, 0, 10, 10])


@pytest.mark.parametrize(
    ("found", "wanted", "expected"),
    [
        ([[0, 0, 10, 10, 0.9, 0]], ONE, 1.0),
        ([], ONE, 0.0),
        ([[20, 20, 30, 30, 0.9, 0]], ONE, 0.0),
        # a false alarm above the hit halves the precision everywhere
        ([[20, 20, 30, 30, 0.9, 0], [0, 0, 10, 10, 0.8, 0]], ONE, 0.5),
        # the second answer for one damage is a false alarm, but below the hit
        ([[0, 0, 10, 10, 0.9, 0], [0, 0, 10, 10, 0.8, 0]], ONE, 1.0),
        # one of two found: precision 1 up to recall 0.5, which is 51 of 101 points
        ([[0, 0, 10, 10, 0.9, 0]], truth([0, 0, 0, 10, 10], [0, 50, 50, 60, 60]), 51 / 101),
    ],
)
def test_map50_by_hand(found, wanted, expected):
    assert mean_precision(match_all([answers(found)], [wanted], 1))[0] == pytest.approx(expected)


def test_a_loose_box_counts_at_half_but_not_at_the_strict_end():
    m50, m5095, _ = mean_precision(match_all([answers([[0, 0, 10, 7.2, 0.9, 0]])], [ONE], 1))
    assert m50 == 1 and m5095 == pytest.approx(0.5)  # IoU 0.72 passes 0.50 to 0.70


def test_a_class_without_truth_is_left_out():
    matches = match_all([answers([[0, 0, 10, 10, 0.9, 0], [0, 0, 5, 5, 0.9, 1]])], [ONE], 2)
    assert mean_precision(matches)[0] == 1


def random_case(seed: int, photos: int = 12, classes: int = 3):
    rng = np.random.default_rng(seed)
    found, wanted = [], []
    for _ in range(photos):
        count = rng.integers(0, 6)
        low = rng.uniform(0, 80, (count, 2))
        boxes = np.concatenate([low, low + rng.uniform(4, 40, (count, 2))], 1)
        labels = rng.integers(0, classes, count)
        wanted.append(np.concatenate([labels[:, None], boxes], 1))
        moved = np.repeat(boxes, 2, 0) + rng.normal(0, 3, (2 * count, 4))
        stray = rng.uniform(0, 60, (3, 2))
        moved = np.concatenate([moved, np.concatenate([stray, stray + 20], 1)])
        names = np.concatenate([np.repeat(labels, 2), rng.integers(0, classes, 3)])
        moved[:, 2:] = np.maximum(moved[:, 2:], moved[:, :2] + 1)
        found.append(Answers(moved, rng.permutation(len(moved)) / len(moved) + rng.uniform(0, 1e-3, len(moved)), names))
    return found, wanted, classes


def reference(found, wanted, classes):
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    wide = lambda box: [float(box[0]), float(box[1]), float(box[2] - box[0]), float(box[3] - box[1])]
    truths, results = [], []
    for photo, (answer, rows) in enumerate(zip(found, wanted)):
        for row in rows:
            box = wide(row[1:])
            truths.append({"id": len(truths) + 1, "image_id": photo, "category_id": int(row[0]), "bbox": box, "area": box[2] * box[3], "iscrowd": 0})
        for box, score, label in zip(answer.boxes, answer.scores, answer.labels):
            results.append({"image_id": photo, "category_id": int(label), "bbox": wide(box), "score": float(score)})
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {"images": [{"id": i} for i in range(len(found))], "annotations": truths, "categories": [{"id": i} for i in range(classes)]}
        coco.createIndex()
        run = COCOeval(coco, coco.loadRes(results), "bbox")
        run.params.maxDets = [1, 100, 300]
        run.evaluate()
        run.accumulate()
    precision = run.eval["precision"][:, :, :, 0, 2]
    return precision[0][precision[0] > -1].mean(), precision[precision > -1].mean()


@pytest.mark.parametrize("seed", range(5))
def test_equals_pycocotools(seed):
    found, wanted, classes = random_case(seed)
    m50, m5095, _ = mean_precision(match_all(found, wanted, classes))
    expected = reference(found, wanted, classes)
    assert (m50, m5095) == pytest.approx(expected, abs=1e-6)


def test_counts_and_f1_at_a_threshold():
    matches = match_all([answers([[0, 0, 10, 10, 0.9, 0], [20, 20, 30, 30, 0.4, 0]])], [ONE], 1)
    assert counts_at(matches, [0.3]) == (1, 1, 0)
    assert counts_at(matches, [0.5]) == (1, 0, 0)
    assert counts_at(matches, [0.95]) == (0, 0, 1)
    assert f1(1, 1, 0) == pytest.approx(2 / 3) and f1(0, 0, 0) == 0
    assert 0.4 < best_threshold(matches, 1) <= 0.9


def test_each_class_has_its_own_threshold():
    found = answers([[0, 0, 10, 10, 0.9, 0], [20, 20, 30, 30, 0.6, 0], [50, 50, 60, 60, 0.2, 1]])
    matches = match_all([found], [truth([0, 0, 0, 10, 10], [1, 50, 50, 60, 60])], 2)
    plain, faint = label_thresholds(matches, 2)
    assert 0.6 < plain <= 0.9 and faint <= 0.2


def test_recall_by_size_counts_every_damage_once():
    wanted = truth([0, 0, 0, 10, 10], [0, 50, 50, 90, 90])
    bins = recall_by_size([answers([[50, 50, 90, 90, 0.9, 0]])], [wanted])
    assert [(b["found"], b["of"]) for b in bins] == [(0, 1), (0, 0), (1, 1), (0, 0)]


def test_iou_matrix_shapes_without_boxes():
    assert iou_matrix(np.zeros((0, 4)), np.zeros((3, 4))).shape == (0, 3)


def test_the_interval_holds_the_mean():
    low, high = interval(list(range(100)), lambda drawn: float(np.mean(drawn)))
    assert 40 < low < 49.5 < high < 59


def test_confusion_takes_each_damage_once():
    found = answers([[0, 0, 10, 10, 0.9, 1], [0, 0, 10, 10, 0.8, 0], [60, 60, 70, 70, 0.7, 0], [0, 0, 1, 1, 0.1, 0]])
    table = confusion([found], [truth([0, 0, 0, 10, 10], [1, 30, 30, 40, 40])], 2, 0.3)
    assert table.tolist() == [[0, 1, 0], [0, 0, 1], [2, 0, 0]]
