"""Patch memory and its scores, by hand."""

import numpy as np
import pytest

from training.anomaly.memory import auroc, coreset, distances, photo_score, thinned
from training.anomaly.report import interval, patches_of
from training.export.golden import mulberry32
from training.surfaces.magnets import part_of, surface_of


@pytest.mark.parametrize('scores, defect, area', [
    ([1, 2, 3, 4], [0, 0, 1, 1], 1.0),
    ([4, 3, 2, 1], [0, 0, 1, 1], 0.0),
    ([1, 1, 1, 1], [0, 1, 0, 1], 0.5),
    ([1, 3, 2, 4], [0, 0, 1, 1], 0.75),
])
def test_auroc(scores, defect, area):
    assert auroc(np.array(scores, float), np.array(defect)) == area


def test_coreset_takes_the_far_ones():
    points = np.array([[0, 0], [0.1, 0], [10, 0], [10, 0.1], [0, 10]], np.float32)
    chosen = points[coreset(points, 3, mulberry32(1))]
    assert all(min(np.abs(chosen - corner).sum(1)) < 0.2 for corner in ([0, 0], [10, 0], [0, 10]))


def test_thinning_draws_each_row_once():
    rows = np.arange(50)[:, None]
    drawn = thinned(rows, 20, mulberry32(3))
    assert len(drawn) == 20 == len(np.unique(drawn)) and (drawn != rows[:20]).any()
    assert thinned(rows, 50, mulberry32(3)) is rows


def test_distance_to_the_nearest():
    found = distances(np.array([[3.0, 4.0], [1.0, 0.0]], np.float32), np.array([[0, 0], [1, 0]], np.float32))
    assert found == pytest.approx([np.sqrt(4 + 16), 0], abs=1e-4)


def test_photo_score_is_the_mean_of_the_highest_share():
    assert photo_score(np.arange(100), 0.02) == 98.5
    assert photo_score(np.arange(10), 0.001) == 9


def test_padding_gives_no_patches():
    run = lambda tensor: np.zeros((5, 8, 8), np.float32)
    assert patches_of(run, np.zeros((24, 40, 3), np.uint8), 64, 8, 'tile').shape == (3 * 5, 5)


def test_interval_holds_the_value():
    rng = np.random.default_rng(0)
    defect = np.arange(200) % 2 == 1
    scores = rng.normal(defect * 1.0)
    low, high = interval(scores, defect, [str(i) for i in range(200)], 200)
    assert low < auroc(scores, defect) < high


def test_a_surface_is_in_one_part():
    assert surface_of('exp3_num_1234') == surface_of('exp1_num_1234') == '1234'
    assert {part_of(str(i)) for i in range(100)} == {'train', 'choose', 'report'}
