import numpy as np
import torch

from training.data.augment import clip_boxes, flip, random_view, relight, to_centre
from training.data.sample import Sample
from training.data.views import ViewMaker


def marked() -> Sample:
    """A bright rectangle on black, with its box."""
    image = np.zeros((120, 160, 3), np.uint8)
    image[40:60, 50:90] = 255
    return Sample("m", image, np.array([[0, 50, 40, 90, 60]], np.float32))


def bright_box(image: np.ndarray) -> list[float]:
    # the padding is grey 114
    rows, columns = np.nonzero(image[..., 0] > 180)
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


def test_boxes_follow_the_picture_through_scale_crop_and_flips():
    rng = np.random.default_rng(3)
    seen = 0
    for _ in range(40):
        image, boxes = random_view(marked(), 128, (0.6, 1.8), rng, aim=1.0)
        image, boxes = flip(image, boxes, rng)
        if len(boxes) == 1 and (boxes[0, 3] - boxes[0, 1]) > 12:
            np.testing.assert_allclose(boxes[0, 1:], bright_box(image), atol=2)
            seen += 1
    assert seen > 25


def test_boxes_mostly_out_of_view_are_dropped():
    boxes = np.array([[0, -10, 0, 10, 10], [1, -90, 0, 10, 10], [2, 0, 0, 1, 50]], np.float32)
    kept = clip_boxes(boxes, 100, 100)
    assert kept[:, 0].tolist() == [0] and kept[0, 1:].tolist() == [0, 0, 10, 10]


def test_light_stays_in_range():
    rng = np.random.default_rng(1)
    for _ in range(20):
        out = relight(marked().image, rng)
        assert out.dtype == np.float32 and out.min() >= 0 and out.max() <= 255


def test_batches_depend_on_the_generator_alone():
    maker = ViewMaker([marked()], {"side": 64, "scales": (0.8, 1.2), "mosaic": 0.5, "aim": 0.5})
    images, targets = maker.batch(3, np.random.default_rng(5))
    again, same = maker.batch(3, np.random.default_rng(5))
    assert images.shape == (3, 3, 64, 64) and torch.equal(images, again)
    assert all(torch.equal(a, b) for a, b in zip(targets, same))


def test_centre_form():
    assert to_centre(np.array([[2, 10, 20, 30, 60]], np.float32)).tolist() == [[2, 20, 40, 20, 40]]
