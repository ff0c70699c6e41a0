"""The same cases as the browser's tests of core/vision/tiles.ts ask for."""

import numpy as np
import pytest

from training.evaluate.detector import decode_rows, detect
from training.evaluate.tiles import Tile, cut, plan_tiles


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
