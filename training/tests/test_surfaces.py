"""Readers, crops, losses and scores of the segmenters, against cases worked out by hand."""

import cv2
import numpy as np
import pytest
import torch

from training.surfaces import masks
from training.surfaces.calibrate import calibrate, calibration_error, probability
from training.surfaces.crops import Cropper, PAD, mix, place
from training.surfaces.export import SURELY_CLEAN, WithImageLevel
from training.surfaces.loss import segment_loss
from training.surfaces.photos import IGNORE, BrokenFile, Photo, fill, read_image, read_mask, read_masked, read_polygons
from training.surfaces.predict import predict, sample
from training.surfaces.rendered import rendered_clean, rendered_cracks
from training.surfaces.report import regions
from training.surfaces.train import _optimiser
from training.surfaces.unet import Segmenter


def mask_of(*rows: str) -> np.ndarray:
    return np.array([[c == '#' for c in row] for row in rows], np.uint8)


def test_counts_by_hand():
    found, truth = mask_of('##..', '....'), mask_of('.##.', '....')
    assert masks.counts(found, truth).tolist() == [1, 2, 1, 2, 1, 3]
    result = masks.scores([masks.counts(found, truth)])
    assert result == {'precision': 0.5, 'recall': 0.5, 'F1': 0.5, 'IoU': pytest.approx(1 / 3)}


def test_tolerance_counts_neighbours_as_matching():
    found, truth = mask_of('#....', '.....'), mask_of('..#..', '.....')
    assert masks.scores([masks.counts(found, truth, 1)])['F1'] == 0
    assert masks.scores([masks.counts(found, truth, 2)])['F1'] == 1


@pytest.mark.parametrize('found, truth, f1', [('....', '....', 1.0), ('#...', '....', 0.0), ('....', '#...', 0.0)])
def test_empty_masks(found, truth, f1):
    assert masks.scores([masks.counts(mask_of(found), mask_of(truth))])['F1'] == f1


def test_scores_pool_pixels_over_photos():
    rows = [[8, 10, 8, 10, 8, 12], [0, 10, 0, 0, 0, 10]]
    assert masks.scores(rows)['precision'] == pytest.approx(0.4)
    assert masks.scores(rows)['recall'] == pytest.approx(0.8)


def test_bootstrap_draws_whole_sources():
    rows = np.array([[1.0], [1.0], [3.0]])
    low, high = masks.bootstrap(rows, lambda r: r.mean(), ['a', 'a', 'b'], times=400)
    assert (low, high) == (1.0, 3.0)


def test_area_error_in_points():
    assert masks.area_error([10, 40], [20, 30], np.array([100, 100])) == pytest.approx(10)


def test_loss_is_small_for_the_truth_and_blind_to_ignored_pixels():
    labels = torch.tensor([[[1, 0], [IGNORE, 0]]], dtype=torch.uint8)
    good = torch.tensor([[[[9.0, -9.0], [9.0, -9.0]]]])
    other = good.clone()
    other[0, 0, 1, 0] = -9
    assert segment_loss(good, labels) < 0.01
    assert segment_loss(good, labels) == pytest.approx(segment_loss(other, labels).item())
    assert segment_loss(-good, labels) > 5


def test_loss_by_hand():
    labels = torch.tensor([[[1, 0]]], dtype=torch.uint8)
    # half a probability everywhere: entropy ln 2, Dice 1 - (2 * 0.5 + 1) / (1 + 1 + 1)
    assert segment_loss(torch.zeros(1, 1, 1, 2), labels).item() == pytest.approx(np.log(2) + 1 / 3, abs=1e-5)


def test_small_photo_lies_top_left_and_the_rest_is_ignored():
    photo = np.full((10, 20, 3), 50, np.uint8), np.ones((10, 20), np.uint8)
    image, label, shown = place(*photo, (32, 32), (1, 1), np.random.default_rng(0))
    assert shown == (20, 10)
    assert (image[:10, :20] == 50).all() and (image[10:] == PAD).all()
    assert (label[:10, :20] == 1).all() and (label[10:] == IGNORE).all() and (label[:, 20:] == IGNORE).all()


def test_batches_follow_from_the_seed():
    photo = Photo('a', 'a', np.random.default_rng(1).integers(0, 255, (80, 90, 3), dtype=np.uint8), np.zeros((80, 90), np.uint8), 'g')
    cropper = Cropper([photo], {'g': 1.0, 'absent': 3.0}, 32, (0.8, 1.2), False)
    first, again = (cropper.batch(np.random.default_rng([3, 5]), 4) for _ in range(2))
    assert first[0].shape == (4, 3, 32, 32) and (first[0] == again[0]).all() and (first[1] == again[1]).all()


def test_filled_crops_hold_several_photos_with_their_masks():
    photos = [Photo(str(v), str(v), np.full((60, 80, 3), v, np.uint8), np.full((60, 80), v % 2, np.uint8), 'g') for v in (50, 201)]
    cropper = Cropper(photos, {'g': 1.0}, 192, (1.0, 1.0), False, filled=1.0)
    image, mask = cropper._part(photos, (192, 192), True, np.random.default_rng(1))
    assert (mask[image[..., 0] == 50] == 0).all() and (mask[image[..., 0] == 201] == 1).all()
    assert (mask[image[..., 0] == PAD] == IGNORE).all() and (mask != IGNORE).mean() > 0.5


def test_broken_files_are_named(tmp_path):
    bad = tmp_path / 'bad.jpg'
    bad.write_bytes(b'\xff\xd8\xff not a photo')
    with pytest.raises(BrokenFile, match='bad.jpg'):
        read_image(bad)
    with pytest.raises(BrokenFile, match='bad.jpg'):
        read_mask(bad, 4, 4)
    label = tmp_path / 'bad.txt'
    for text in ('0 0.1 0.2 0.3', '0 0.1 0.2 0.3 0.4 0.5', '0 a b c d', '0 nan 0.1 0.1 0.1'):
        label.write_text(text)
        with pytest.raises(BrokenFile, match='bad.txt:1'):
            read_polygons(label)
    assert read_polygons(tmp_path / 'absent.txt') == []


def test_polygons_and_boxes_fill():
    square = fill([np.array([[0, 0], [0.5, 0], [0.5, 1], [0, 1]])], 10, 10)
    assert square[:, :5].all() and not square[:, 6:].any()


def test_masks_find_their_photo_by_stem(tmp_path):
    (tmp_path / 'i').mkdir()
    (tmp_path / 'm').mkdir()
    cv2.imwrite(str(tmp_path / 'i' / 'a.b[1].png'), np.zeros((8, 8, 3), np.uint8))
    cv2.imwrite(str(tmp_path / 'i' / 'lonely.png'), np.zeros((8, 8, 3), np.uint8))
    cv2.imwrite(str(tmp_path / 'm' / 'a.b[1].png'), np.full((4, 4), 255, np.uint8))
    photos = read_masked(tmp_path / 'i', tmp_path / 'm', 'g')
    assert [p.name for p in photos] == ['a.b[1]'] and photos[0].mask.all() and photos[0].mask.shape == (8, 8)


def test_sampling_is_half_pixel_centred():
    assert sample(np.array([0.0, 1.0]), 4, 1.0, 2).tolist() == [0, 0.25, 0.75, 1]


def test_tiles_join_without_seams():
    """A network that answers each pixel's own brightness gives the brightness back, over many tiles."""
    image = np.tile(np.linspace(0, 255, 150).astype(np.uint8)[None, :, None], (100, 1, 3))
    run = lambda tensor: (tensor[0, 0] * 4).astype(np.float32)
    seen = predict(run, image, 64, 1, 0.2, [1])
    expected = 255 / (1 + np.exp(-(image[..., 0] / 127.5 - 1) * 4))
    assert np.abs(seen - expected).max() <= 1


def test_regions_need_their_least_size():
    map_ = np.zeros((20, 20), np.uint8)
    map_[2:4, 2:4] = 255
    map_[10:14, 10:14] = 255
    assert (regions(map_, 0.5, 1), regions(map_, 0.5, 5), regions(map_, 0.5, 17)) == (2, 1, 0)


def test_calibration_parts_classes_and_measures_its_error():
    rng = np.random.default_rng(0)
    truth = rng.random(4000) < 0.5
    logits = rng.normal(np.where(truth, 3.0, 1.0), 1.0)
    temperature, bias = calibrate(logits, truth)
    # equal variances: the posterior's logit is 2 (x - 2)
    assert temperature == pytest.approx(0.5, abs=0.08) and bias == pytest.approx(-2, abs=0.15)
    assert calibration_error(probability(logits, temperature, bias), truth) < 0.04
    assert calibration_error(np.array([0.9, 0.9]), np.array([0, 0])) == pytest.approx(0.9)


def test_uneven_calibration_knows_how_often_a_defect_occurs():
    logits, truth = np.zeros(90), np.arange(90) < 60
    for even, share in ((True, 1 / 2), (False, 2 / 3)):
        assert probability(logits, *calibrate(logits, truth, even))[0] == pytest.approx(share, abs=0.01)


def test_rendered_cracks_have_masks_and_share_no_surface_with_the_clean_ones():
    first, again = rendered_cracks(2, 7), rendered_cracks(2, 7)
    assert all((a.image == b.image).all() and (a.mask == b.mask).all() for a, b in zip(first, again))
    assert all(0.001 < photo.mask.mean() < 0.2 and photo.group == 'rendered' for photo in first)
    clean = rendered_clean(2, 7)
    assert not any(photo.mask.any() for photo in clean)
    assert all((a.image[:400, :400] != b.image[:400, :400]).any() for a, b in zip(first, clean))


def test_mixed_crops_take_image_and_mask_from_the_same_place():
    images = np.stack([np.full((64, 64, 3), value, np.uint8) for value in (10, 20, 30, 40)])
    masks = np.stack([np.full((64, 64), value, np.uint8) for value in (1, 2, 3, 4)])
    mix(images, masks, 1.0, np.random.default_rng(2))
    assert (images[..., 0] == 10 * masks).all()
    assert any(len(np.unique(mask)) > 1 for mask in masks)


def test_the_encoder_learns_at_its_share_of_the_rate():
    net = Segmenter()
    groups = _optimiser(net, 0.05, 0.3).param_groups
    held = [id(p) for group in groups for p in group['params']]
    assert sorted(held) == sorted(id(p) for p in net.parameters())
    slow = {id(p) for group in groups if group['share'] == 0.3 for p in group['params']}
    assert slow == {id(p) for p in net.encoder.parameters()}
    assert all(p.ndim > 1 for group in groups if group['weight_decay'] for p in group['params'])


def test_padding_says_nothing_about_the_whole_photo():
    # stride 2, and sure of damage everywhere
    sure = torch.nn.Conv2d(3, 1, 2, 2)
    torch.nn.init.zeros_(sure.weight)
    torch.nn.init.constant_(sure.bias, 5.0)
    level = WithImageLevel(sure, 4, 2, -0.1)
    grey, photo = torch.full((1, 3, 32, 32), -0.1), torch.full((1, 3, 32, 32), 0.3)
    assert level(grey)[1].item() == SURELY_CLEAN
    assert level(photo)[1].item() == 5
    grey[..., :16, :16] = 0.3
    assert level(grey)[1].item() == 5
