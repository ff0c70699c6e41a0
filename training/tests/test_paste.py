"""Copy-paste of damage and clean parts, by hand."""

import numpy as np

from training.data.clean_parts import clean_part, clean_parts
from training.data.paste import paste_damage
from training.data.sample import Sample, as_boxes

GREY = np.full((200, 200, 3), 120, np.uint8)


def donor() -> Sample:
    image = GREY.copy()
    image[90:110, 90:110] = 20
    return Sample("donor", image, as_boxes([[0, 90, 90, 110, 110]]))


def test_pasted_damage_lies_where_its_box_says():
    boxes = as_boxes([[0, 80, 80, 90, 90]])
    for seed in range(10):
        image, found = paste_damage(GREY, boxes, donor(), np.random.default_rng(seed))
        if len(found) == 2:
            break
    assert len(found) == 2
    _, x1, y1, x2, y2 = found[1]
    dark = np.argwhere(image[..., 0] < 60)
    assert np.abs(dark.min(0) - [y1, x1]).max() <= 2
    assert np.abs(dark.max(0) + 1 - [y2, x2]).max() <= 2
    assert (GREY == 120).all(), "the photo itself stays as it is"


def test_nothing_is_pasted_on_another_colour_or_without_damage_near():
    dark, boxes = np.full_like(GREY, 40), as_boxes([[0, 80, 80, 90, 90]])
    for seed in range(10):
        assert len(paste_damage(dark, boxes, donor(), np.random.default_rng(seed))[1]) == 1
        assert len(paste_damage(GREY, boxes[:0], donor(), np.random.default_rng(seed))[1]) == 0
        assert len(paste_damage(GREY, boxes, Sample("clean", GREY, boxes[:0]), np.random.default_rng(seed))[1]) == 1


def test_a_clean_part_holds_no_damage_and_fills_the_picture():
    image = GREY.copy()
    image[:, :100] = np.arange(100, dtype=np.uint8)[None, :, None]
    image[:, 100:] = 255
    part = clean_part(Sample("picture", image, as_boxes([[0, 100, 0, 200, 200]])), 64)
    assert part is not None and part.image.shape == image.shape and len(part.boxes) == 0
    assert part.image.max() < 100
    assert np.abs(np.diff(part.image[0, :, 0].astype(int))).max() <= 1, "mirrored, without a seam"


def test_a_picture_full_of_damage_has_no_clean_part():
    full = Sample("full", GREY, as_boxes([[0, 20, 20, 180, 180]]))
    assert clean_part(full, 64) is None
    assert clean_parts([full, donor()], 64)[0].name == "clean part of donor"
