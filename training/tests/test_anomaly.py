"""Patch memory and its scores, by hand."""

import numpy as np
import pytest

from training.anomaly.memory import auroc, coreset, distances, photo_score
from training.anomaly.report import interval, patches_of
from training.anomaly.projection import fit_projection, whitening
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
    chosen = points[coreset(points, 3)]
    assert all(min(np.abs(chosen - corner).sum(1)) < 0.2 for corner in ([0, 0], [10, 0], [0, 10]))


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


def test_whitening_gives_unit_covariance():
    clean = np.random.default_rng(0).standard_normal((4000, 2)) @ np.array([[3, 1], [0, 0.5]]) + 7
    matrix, mean = whitening(clean, 0)
    assert np.cov(((clean - mean) @ matrix).T) == pytest.approx(np.eye(2), abs=0.02)


def test_projection_finds_what_tells_the_defect():
    rng = np.random.default_rng(0)
    features = rng.standard_normal((6, 50, 3)).astype(np.float32)
    kinds, share = np.array(['Free'] * 4 + ['Crack'] * 2), np.zeros((6, 50), np.float32)
    share[4:, :10] = 1
    features[4:, :10, 1] += 6
    matrix, shift = fit_projection(features, share, kinds, 'Free')
    answers = ((features - shift) @ matrix)[..., 0]
    assert answers[4:, :10].min() > answers[:4].mean() + 3
