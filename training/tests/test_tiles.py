"""The same cases as the browser's tests of core/vision/tiles.ts ask for."""

import numpy as np
import pytest

from training.evaluate.detector import decode_rows, detect, suppress
from training.evaluate.tiles import Tile, cut, plan_tiles, resample


@pytest.mark.parametrize(
    ("size", "scales", "count"),
    [((640, 640), [1], 1), ((320, 200), [1], 1), ((641, 640), [1], 2), ((4000, 3000), [1], 48), ((640, 640), [2], 9), ((640, 640), [1, 2], 10)],
)
def test_tiles_cover_the_photo(size, scales, count):
    tiles = plan_tiles(*size, 640, "letterbox", 0.2, scales)
    assert len(tiles) == count
    seen = np.zeros((size[1], size[0]), bool)
    for tile in tiles:
        assert tile.x + tile.width <= size[0] and tile.y + tile.height <= size[1]
        seen[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width] = True
    assert seen.all()


def test_a_photo_enlarged_to_the_input_is_one_tile():
    assert plan_tiles(640, 640, 960, "letterbox", 0.2, [1.5]) == [Tile(0, 0, 640, 640, 960, 960)]


def test_small_photos_are_padded_not_enlarged_and_stretch_fills_the_input():
    image = np.full((100, 50, 3), 7, np.uint8)
    padded = cut(image, plan_tiles(50, 100, 128, "letterbox", 0.2, [1])[0], 128)
    assert (padded[:100, :50] == 7).all() and (padded[100:] == 114).all() and (padded[:, 50:] == 114).all()
    assert (cut(image, plan_tiles(50, 100, 128, "stretch", 0.2, [1])[0], 128) == 7).all()


def test_decoding_undoes_tile_and_scale():
    rows = np.zeros((16 * 16 + 8 * 8 + 4 * 4, 6), np.float32)
    rows[17] = [0.5, 0.5, np.log(2), 0, 1, 0.8]  # stride 8, row 1, column 1
    boxes, scores, labels = decode_rows(rows, 128, [8, 16, 32], Tile(10, 20, 64, 64, 128, 128), (500, 500))
    np.testing.assert_allclose(boxes, [[10 + 2, 20 + 4, 10 + 10, 20 + 8]])
    np.testing.assert_allclose(scores, [0.8])
    assert labels.tolist() == [0]


def test_doubles_are_suppressed_per_class():
    def run(_tensor):
        rows = np.zeros((1, 16 * 16 + 8 * 8 + 4 * 4, 7), np.float32)
        rows[0, 17] = [0.5, 0.5, 1, 1, 1, 0.9, 0.7]
        rows[0, 18] = [-0.5, 0.5, 1, 1, 1, 0.8, 0]
        return rows

    manifest = {
        "input": {"width": 128, "resize": "letterbox", "pad": 114},
        "output": {"strides": [8, 16, 32]},
        "tiling": {"overlap": 0.2, "scales": [1]},
        "thresholds": {"nmsIou": 0.5},
    }
    found = detect(run, np.zeros((100, 100, 3), np.uint8), manifest)
    assert found.labels.tolist() == [0, 1]
    np.testing.assert_allclose(found.scores, [0.9, 0.7], rtol=1e-6)


def test_what_stays_takes_the_outline_that_those_around_it_agree_on():
    # The same case as tests/unit/core/vision/nms.test.ts holds for the browser.
    starts, scores, labels = np.array([0.0, 1, 4, 1]), np.array([0.6, 0.3, 0.5, 0.9]), np.array([0, 0, 0, 1])
    boxes = np.stack([starts, np.zeros(4), starts + 10, np.full(4, 10.0)], 1)
    found = suppress(boxes, scores, labels, {"nmsIou": 0.5, "fuseIou": 0.65}, fuse=True)
    assert found.scores.tolist() == [0.9, 0.6, 0.5]
    np.testing.assert_allclose(found.boxes[:, 0], [1, 0.3 / 0.9, 4])
    np.testing.assert_allclose(found.boxes[:, 2] - found.boxes[:, 0], 10)
    alone = suppress(boxes, scores, labels, {"nmsIou": 0.5}, fuse=True)
    assert alone.boxes[:, 0].tolist() == [1, 0, 4]


def test_each_axis_is_resampled_by_itself():
    """Three columns become two by the mean of the area; two rows become four by interpolation."""
    image = np.array([[[0], [30], [60]], [[40], [70], [100]]], np.uint8)
    # Columns: (0 + 30/2) / 1.5 = 10 and (30/2 + 60) / 1.5 = 50; rows at 0, 1/4, 3/4 and 1 of the way.
    assert resample(image, 2, 4)[..., 0].tolist() == [[10, 50], [20, 60], [40, 80], [50, 90]]
